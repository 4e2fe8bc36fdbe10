"""Adding and changing tax codes and work types; what is a distance sale follows (row B22)."""

from collections.abc import Mapping

from bordereau.catalog.records import TaxCodeRecord, WorkTypeRecord
from bordereau.catalog.saving import Saved
from bordereau.catalog.services import TAX_CODE, save
from bordereau.catalog.tables import TaxCode, WorkType
from bordereau.charges.holds import refresh_holds
from bordereau.store import TenantSession


def save_tax_codes(session: TenantSession, records: Mapping[int, TaxCodeRecord]) -> Saved:
    """Add or change tax codes by their code; unbilled charges that bear one follow it."""
    saved = save(session, TaxCode, records)
    if saved.changed:
        refresh_holds(session, tax_code_ids=saved.ids)
    return saved


def save_work_types(session: TenantSession, records: Mapping[int, WorkTypeRecord]) -> Saved:
    """Add or change work types by their code.

    What was recorded keeps tax, unit and charge flag; only a charge that had no tax takes the new
    one.
    """
    saved = save(session, WorkType, records, TAX_CODE)
    if saved.changed:
        refresh_holds(session, work_type_ids=saved.ids)
    return saved
