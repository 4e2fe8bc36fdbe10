"""CSV: an accounting file for every consignment, one row per line or per invoice."""

from collections.abc import Iterable
from typing import Any

from bordereau.contract import Destination, hookimpl
from bordereau_csv.destination import CsvFile

__all__ = ["CsvFile", "bordereau_destinations"]


@hookimpl
def bordereau_destinations() -> Iterable[type[Destination[Any]]]:
    """Offer the CSV file."""
    return [CsvFile]
