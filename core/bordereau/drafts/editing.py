"""Editing a draft: what becomes of each line, its text and amount, lines taken out.

A change to a released draft takes the release back: it must be released again.
"""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import update

from bordereau.charges.placing import price_item
from bordereau.charges.tables import Charge
from bordereau.drafts.finding import line_of
from bordereau.drafts.stages import step
from bordereau.drafts.tables import DraftLine
from bordereau.invoices.rules.drafts import DraftAction, line_method
from bordereau.store import TenantSession
from bordereau.tenancy import Actor


def change_line(
    session: TenantSession,
    actor: Actor,
    draft_id: UUID,
    line_id: UUID,
    *,
    method: str | None = None,
    name: str | None = None,
    quantity: Decimal | None = None,
    unit_price: Decimal | None = None,
    reason: str | None = None,
    version: int | None = None,
) -> DraftLine:
    """Change a line; the charge stays as recorded.

    The net amount follows quantity and price, less the discount that the charge has.

    Raises:
        Invalid: METHOD_UNKNOWN.
        NotFound: there is no such draft or line.
        Conflict: STALE_VERSION.
        Refused: DRAFT_TRANSITION_REFUSED, the draft is invoiced, postponed or deleted.

    """
    draft = step(session, actor, draft_id, DraftAction.CHANGE, version)
    line = line_of(session, draft, line_id)
    if method is not None:
        line.method = line_method(method).value
    if name is not None:
        line.name = name
    if reason is not None:
        line.reason = reason
    if quantity is not None or unit_price is not None:
        line.quantity = line.quantity if quantity is None else quantity
        line.unit_price = line.unit_price if unit_price is None else unit_price
        charge = session.get_one(Charge, (session.tenant_id, line.charge_id))
        priced = price_item(
            line.quantity, line.unit_price, charge.discount_percent, charge.currency
        )
        line.net = priced["net"]
    session.flush()
    return line


def remove_line(session: TenantSession, actor: Actor, draft_id: UUID, line_id: UUID) -> None:
    """Take a line out of a draft; its charge is back on the to-bill list.

    Raises:
        NotFound: there is no such draft or line.
        Refused: DRAFT_TRANSITION_REFUSED.

    """
    draft = step(session, actor, draft_id, DraftAction.CHANGE)
    line = line_of(session, draft, line_id)
    session.execute(
        update(Charge)
        .where(Charge.id == line.charge_id)
        .values(draft_id=None, version=Charge.version + 1)
    )
    session.delete(line)
    session.flush()
