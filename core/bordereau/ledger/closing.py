"""Periods and entry dates: closing an administration's books, and dating what is not posted."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from bordereau.errors import Conflict, NotFound
from bordereau.invoices.documents import PREFIX
from bordereau.ledger.reading import lock_invoices, read_headers
from bordereau.ledger.rules.periods import must_be_open
from bordereau.ledger.tables import EntryDate
from bordereau.ledger.writing import ADMINISTRATION_PREFIX, hold_open
from bordereau.store import TenantSession
from bordereau.tenancy import Actor, Right, record_audit
from bordereau.tenancy.tables import Administration
from bordereau.values.ids import public_id


def close_until(
    session: TenantSession, administration_id: UUID, until: date | None, *, actor: Actor
) -> None:
    """Close everything up to and including a day; no entry goes there any more.

    Posting that is under way ends first. An earlier day, or None, opens periods again, for which
    the right to administer is needed.

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: there is no such administration.

    """
    actor.must(Right.POST)
    seller = session.scalars(
        select(Administration).where(Administration.id == administration_id).with_for_update(),
        execution_options={"populate_existing": True},
    ).one_or_none()
    if seller is None:
        raise NotFound("administration", public_id(ADMINISTRATION_PREFIX, administration_id))
    before = seller.closed_until
    if before is not None and (until is None or until < before):
        actor.must(Right.ADMINISTER)
    seller.closed_until = until
    session.flush()
    details = {"before": before and before.isoformat(), "until": until and until.isoformat()}
    subject = public_id(ADMINISTRATION_PREFIX, administration_id)
    record_audit(session, actor, "ledger.close", subject, details)


def set_entry_date(
    session: TenantSession, invoice_ids: Collection[UUID], entry_date: date, *, actor: Actor
) -> None:
    """Set the day on which invoices will be posted, which decides the period of their revenue.

    The invoice date, and with it the period of the tax, stays (row B62).

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: there is no such invoice.
        Conflict: INVOICE_POSTED, one of them is posted; none is changed.
        Refused: PERIOD_CLOSED.

    """
    actor.must(Right.POST)
    ids = sorted(set(invoice_ids))
    lock_invoices(session, ids)
    headers = read_headers(session, ids)
    sellers = hold_open(session, {row.administration_id for row in headers.values()})
    for one in ids:
        if one not in headers:
            raise NotFound("invoice", public_id(PREFIX, one))
        if headers[one].posted:
            message = f"Invoice {headers[one].number} is posted; its entry date stays."
            raise Conflict("INVOICE_POSTED", message)
        must_be_open(entry_date, sellers[headers[one].administration_id].closed_until)
    rows = [
        {"tenant_id": session.tenant_id, "invoice_id": one, "entry_date": entry_date} for one in ids
    ]
    if rows:
        statement = insert(EntryDate).on_conflict_do_update(
            index_elements=["tenant_id", "invoice_id"], set_={"entry_date": entry_date}
        )
        session.execute(statement, rows)
    for one in ids:
        details = {"entry_date": entry_date.isoformat()}
        record_audit(session, actor, "invoice.set_entry_date", public_id(PREFIX, one), details)
