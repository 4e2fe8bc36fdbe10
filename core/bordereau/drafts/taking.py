"""Which charges a draft takes, and why it does not take the others."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, not_, or_, select

from bordereau.catalog.tables import TaxCode
from bordereau.charges import is_ready, is_unbilled, reasons
from bordereau.charges.tables import Charge
from bordereau.invoices.composing.billables import joined, tax_code_id
from bordereau.store import TenantSession

_ABROAD = ("K", "G")  # VAT of sales to other countries is not allowed in drafts


def is_taken(as_of: date) -> ColumnElement[bool]:
    """Match what a draft takes: ready lines of projects, no instalment (row B57), no foreign tax.

    What was added to a draft by hand has no other way back than into the next one.
    """
    return and_(
        or_(Charge.project_id.is_not(None), Charge.kind == "manual"),
        is_ready(as_of),
        Charge.kind != "instalment",
        Charge.id.not_in(_from_abroad()),
    )


def why_left_out(
    session: TenantSession, wanted: Collection[ColumnElement[bool]], as_of: date
) -> dict[UUID, str]:
    """Say, charge by charge, why a chosen one stays out, by a code (row B9)."""
    query = select(Charge, Charge.id.in_(_from_abroad())).where(*wanted, not_(is_taken(as_of)))
    return {
        charge.id: _why_not(charge, as_of, abroad=other_country)
        for charge, other_country in session.execute(query)
    }


def _from_abroad() -> Any:
    query = joined(select(Charge.id).select_from(Charge))
    return query.join(
        TaxCode, and_(TaxCode.tenant_id == Charge.tenant_id, TaxCode.id == tax_code_id())
    ).where(TaxCode.category.in_(_ABROAD), is_unbilled())


def _why_not(charge: Charge, as_of: date, *, abroad: bool) -> str:
    if charge.project_id is None and charge.kind != "manual":
        return "DRAFT_PROJECTS_ONLY"
    if charge.state in {"written_off", "split"}:
        return f"RECORD_{charge.state.upper()}"
    if against := reasons(charge, as_of):
        return against[0].code
    return "DRAFT_TAX" if abroad else "INSTALMENT_MIXED"
