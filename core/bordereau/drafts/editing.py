"""Editing a draft: what becomes of each line, its text and amount, lines added by hand.

A change to a released draft takes the release back: it must be released again.
"""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select, update

from bordereau.catalog.saving import insert_rows
from bordereau.catalog.tables import Customer, TaxCode, WorkType
from bordereau.charges.owners import payers_by_customer
from bordereau.charges.tables import Charge
from bordereau.charges.writing import blank
from bordereau.drafts.finding import line_of
from bordereau.drafts.stages import step
from bordereau.drafts.tables import Draft, DraftLine
from bordereau.errors import Invalid, NotFound
from bordereau.invoices.rules.drafts import DraftAction, LineMethod, check_line
from bordereau.store import TenantSession
from bordereau.tenancy import Actor
from bordereau.values.ids import public_id, uuid7
from bordereau.values.money import round_amount
from bordereau.values.tax import TaxCategory

BY_HAND = frozenset(
    {
        LineMethod.INVOICE_PLUS,
        LineMethod.INVOICE_ADVANCE,
        LineMethod.DELAY_PLUS,
        LineMethod.WRITE_OFF_PLUS,
    }
)


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
    """Change a line; its net amount follows quantity and price, the charge stays as recorded.

    Raises:
        Invalid: METHOD_UNKNOWN.
        NotFound: there is no such draft or line.
        Conflict: STALE_VERSION.
        Refused: DRAFT_TRANSITION_REFUSED, the draft is invoiced, postponed or deleted.

    """
    draft = step(session, actor, draft_id, DraftAction.CHANGE, version)
    line = line_of(session, draft, line_id)
    if method is not None:
        line.method = _method(method).value
    if name is not None:
        line.name = name
    if reason is not None:
        line.reason = reason
    if quantity is not None or unit_price is not None:
        line.quantity = line.quantity if quantity is None else quantity
        line.unit_price = line.unit_price if unit_price is None else unit_price
        line.net = round_amount(line.quantity * line.unit_price, _charge(session, line).currency)
    session.flush()
    return line


def add_line(
    session: TenantSession,
    actor: Actor,
    draft_id: UUID,
    *,
    method: str,
    name: str,
    amount: Decimal,
    work_type_id: UUID,
    day: date,
    project_id: UUID | None = None,
) -> DraftLine:
    """Add an amount by hand: on top of the costs (*plus*), or before they exist (*advance*).

    Raises:
        Invalid: METHOD_UNKNOWN, or METHOD_NEEDS_COST for a method of recorded costs.
        NotFound: there is no such draft or work type.
        Refused: DRAFT_TRANSITION_REFUSED, DISTANCE_SALE or DRAFT_TAX.

    """
    chosen = _method(method)
    if chosen not in BY_HAND:
        raise Invalid(
            "METHOD_NEEDS_COST",
            f"{chosen} is for recorded costs, not for an amount by hand.",
            where="method",
            hint=f"Choose among: {', '.join(sorted(BY_HAND))}.",
        )
    draft = step(session, actor, draft_id, DraftAction.CHANGE)
    _refuse_abroad(session, draft, work_type_id)
    charge_id = new_charge(
        session, draft, name=name, amount=amount, work_type_id=work_type_id, day=day
    )
    charge = session.get_one(Charge, (session.tenant_id, charge_id))
    charge.project_id = project_id
    line = DraftLine(
        draft_id=draft.id,
        charge_id=charge_id,
        method=chosen.value,
        name=name,
        quantity=Decimal(1),
        unit="C62",
        unit_price=charge.net,
        net=charge.net,
        reason="",
    )
    session.add(line)
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


def new_charge(
    session: TenantSession,
    draft: Draft,
    *,
    name: str,
    amount: Decimal,
    work_type_id: UUID | None,
    day: date,
) -> UUID:
    """Record an amount that no cost stands behind, as a charge in the draft.

    Without a work type no tax is known, and composing the invoice will ask for one.

    Raises:
        NotFound: there is no such work type.

    """
    work = session.get(WorkType, (session.tenant_id, work_type_id)) if work_type_id else None
    if work_type_id and work is None:
        raise NotFound("work type", public_id("wtp", work_type_id))
    payer = payers_by_customer(session, [draft.customer_id])[draft.customer_id]
    charge_id = uuid7()
    net = round_amount(amount, payer.currency)
    row = blank(
        id=charge_id,
        kind="manual",
        source_key=f"draft:{charge_id}",
        administration_id=draft.administration_id,
        customer_id=draft.customer_id,
        work_type_id=work_type_id,
        tax_code_id=work.tax_code_id if work else None,
        worked_on=day,
        ready_on=day,
        description=name,
        quantity=Decimal(1),
        unit_price=net,
        net=net,
        currency=payer.currency,
        draft_id=draft.id,
    )
    insert_rows(session, Charge, [row])
    return charge_id


def _refuse_abroad(session: TenantSession, draft: Draft, work_type_id: UUID) -> None:
    """Refuse what a draft may not hold, as filling does."""
    distance = session.scalars(
        select(Customer.distance_selling).where(Customer.id == draft.customer_id)
    ).one()
    category = session.scalar(
        select(TaxCode.category)
        .join(WorkType, WorkType.tax_code_id == TaxCode.id)
        .where(WorkType.id == work_type_id)
    )
    check_line(TaxCategory(category or TaxCategory.STANDARD), distance_sale=distance)


def _charge(session: TenantSession, line: DraftLine) -> Charge:
    return session.get_one(Charge, (session.tenant_id, line.charge_id))


def _method(text: str) -> LineMethod:
    try:
        return LineMethod(text)
    except ValueError as error:
        raise Invalid(
            "METHOD_UNKNOWN",
            f"There is no line method {text!r}.",
            where="method",
            hint=f"Choose among: {', '.join(LineMethod)}.",
        ) from error
