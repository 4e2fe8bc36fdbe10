"""Putting the charges behind invoices back on the to-bill list."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import update

from bordereau.charges import Charge, release
from bordereau.invoices.tables import Allocation
from bordereau.store import TenantSession, among

_QUIET = {"synchronize_session": False}


def free_charges(session: TenantSession, invoice_ids: Collection[UUID]) -> int:
    """Put the charges behind invoices back on the to-bill list."""
    charges = session.scalars(
        update(Allocation)
        .where(among(Allocation.invoice_id, invoice_ids), Allocation.live)
        .values(live=False)
        .returning(Allocation.charge_id),
        execution_options=_QUIET,
    ).all()
    return release(session, among(Charge.id, charges)) if charges else 0
