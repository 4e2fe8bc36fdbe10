"""What decides how charges become invoices."""

from dataclasses import dataclass
from datetime import date

from bordereau.invoices.rules.collection import Collect
from bordereau.invoices.rules.grouping import LineLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How charges become invoices.

    Attributes:
        origin: `batch` for contracts, `project` for automatic project invoices.
        invoice_date: the date of every invoice of the run (row B32).
        collect: who shares an invoice; the charges come in that order.
        level: what one line stands for.
        compress: as few lines as taxes allow, instead of `level` (row B19).
        surcharge: whether surcharge lines are made (rows B51 to B56).

    """

    origin: str
    invoice_date: date
    collect: Collect
    level: LineLevel
    compress: bool = False
    surcharge: bool = False
