"""Final invoices from released drafts (rows B14, B15): billed, left for later, or written off.

No surcharge lines are made on this way (row B56).
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import select, update

from bordereau.charges import mark_billed
from bordereau.charges.reserving import give_up
from bordereau.charges.tables import Charge
from bordereau.drafts.editing import new_charge
from bordereau.drafts.finding import lines_of
from bordereau.drafts.stages import step
from bordereau.drafts.tables import Draft, DraftLine
from bordereau.invoices import billables
from bordereau.invoices.billables import Billable
from bordereau.invoices.compose import Plan, compose
from bordereau.invoices.plumbing import among
from bordereau.invoices.proposal import NewInvoice
from bordereau.invoices.rules.collection import Collect
from bordereau.invoices.rules.drafts import (
    DraftAction,
    DraftResult,
    LineMethod,
    MethodLine,
    invoice_draft,
)
from bordereau.invoices.rules.grouping import LineLevel
from bordereau.invoices.storing import store
from bordereau.store import TenantSession
from bordereau.tenancy import Actor, Right
from bordereau.values.ids import uuid7


@dataclass(frozen=True, slots=True)
class Invoiced:
    """What became of a draft: its invoices, or why there is none (WRITTEN_OFF).

    `successor_id` is the draft that holds the lines left for later.
    """

    draft_id: UUID
    invoice_ids: tuple[UUID, ...]
    reason: str
    successor_id: UUID | None


def invoice_drafts(
    session: TenantSession,
    actor: Actor,
    draft_ids: Collection[UUID],
    *,
    invoice_date: date,
    line_level: LineLevel = LineLevel.ENTRY,
    compress: bool = False,
) -> list[Invoiced]:
    """Make the invoices of released drafts; they are drafts without a number, ready to issue.

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: there is no such draft.
        Refused: DRAFT_NOT_RELEASED, and what `invoices.compose` refuses; then nothing is made.

    """
    actor.must(Right.BATCH)
    plan = Plan(
        origin="project",
        invoice_date=invoice_date,
        collect=Collect.CUSTOMER,
        level=line_level,
        compress=compress,
    )
    return [_invoice(session, actor, draft_id, plan) for draft_id in sorted(set(draft_ids))]


def _invoice(session: TenantSession, actor: Actor, draft_id: UUID, plan: Plan) -> Invoiced:
    draft = step(session, actor, draft_id, DraftAction.INVOICE)
    lines = {str(line.id): line for line in lines_of(session, draft)}
    result = invoice_draft(
        MethodLine(key, LineMethod(line.method), line.net) for key, line in lines.items()
    )
    billed = {lines[one.key].charge_id: lines[one.key] for one in result.invoiced}
    made = _store(session, draft, billed, plan)
    mark_billed(session, among(Charge.id, list(billed)))
    give_up(session, among(Charge.id, [lines[one.key].charge_id for one in result.written_off]))
    successor = _keep(session, draft, lines, result, plan.invoice_date)
    draft.invoiced_reason = result.reason
    session.flush()
    return Invoiced(draft.id, made, result.reason, successor)


def _store(
    session: TenantSession, draft: Draft, billed: dict[UUID, DraftLine], plan: Plan
) -> tuple[UUID, ...]:
    made: list[UUID] = []

    def marked() -> Iterator[NewInvoice]:
        charges = billables.read(session, among(Charge.id, list(billed)), plan.collect)
        for invoice in compose(session, (_edited(one, billed) for one in charges), plan):
            made.append(invoice.id)
            yield replace(invoice, draft_id=draft.id)

    for _ in store(session, marked(), state="draft"):
        pass
    return tuple(made)


def _edited(charge: Billable, lines: dict[UUID, DraftLine]) -> Billable:
    """Return the charge as the draft shows it; a discount ends when its amount was changed."""
    line = lines[charge.charge_id]
    kept = line.net == charge.net
    return charge._replace(
        description=line.name,
        quantity=line.quantity,
        unit_price=line.unit_price,
        net=line.net,
        discount_percent=charge.discount_percent if kept else charge.discount_percent * 0,
    )


def _keep(
    session: TenantSession,
    draft: Draft,
    lines: dict[str, DraftLine],
    result: DraftResult,
    day: date,
) -> UUID | None:
    """Move what is left into a new draft; each advance leaves its negative amount there."""
    if not result.left:
        return None
    session.flush()
    successor = Draft(
        id=uuid7(),
        administration_id=draft.administration_id,
        customer_id=draft.customer_id,
        state="new",
        period_start=draft.period_start,  # while lines stay, the dates stay too
        period_end=draft.period_end,
    )
    session.add(successor)
    session.flush()
    for one in result.left:
        line = lines[one.key]
        if LineMethod(line.method) is LineMethod.INVOICE_ADVANCE:
            _counterpart(session, successor, line, day)
        else:
            line.draft_id = successor.id
            session.execute(
                update(Charge).where(Charge.id == line.charge_id).values(draft_id=successor.id)
            )
    session.flush()
    return successor.id


def _counterpart(session: TenantSession, draft: Draft, line: DraftLine, day: date) -> None:
    work_type_id, project_id = session.execute(
        select(Charge.work_type_id, Charge.project_id).where(Charge.id == line.charge_id)
    ).one()
    charge_id = new_charge(
        session, draft, name=line.name, amount=-line.net, work_type_id=work_type_id, day=day
    )
    session.execute(update(Charge).where(Charge.id == charge_id).values(project_id=project_id))
    session.add(
        DraftLine(
            draft_id=draft.id,
            charge_id=charge_id,
            method=LineMethod.DELAY_ADVANCE.value,
            name=line.name,
            quantity=line.quantity,
            unit=line.unit,
            unit_price=-line.unit_price,
            net=-line.net,
            reason="",
        )
    )
