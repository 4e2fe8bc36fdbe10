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
from bordereau.drafts.by_hand import take_back
from bordereau.drafts.finding import PREFIX, lines_of, refuse_held
from bordereau.drafts.stages import step
from bordereau.drafts.tables import Draft, DraftLine
from bordereau.invoices.composing import billables
from bordereau.invoices.composing.billables import Billable
from bordereau.invoices.composing.compose import compose
from bordereau.invoices.composing.plan import Plan
from bordereau.invoices.composing.proposal import NewInvoice
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
from bordereau.store import TenantSession, among
from bordereau.tenancy import Actor, Right, record_audit
from bordereau.tenancy.tables import Administration
from bordereau.values.ids import public_id, uuid7


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
    collect: Collect | None = None,
    line_level: LineLevel = LineLevel.ENTRY,
    compress: bool = False,
) -> list[Invoiced]:
    """Make the invoices of released drafts; they are drafts without a number, ready to issue.

    Args:
        session: the tenant's session.
        actor: who does it.
        draft_ids: the drafts.
        invoice_date: the date of every invoice.
        collect: who shares an invoice (row B18); as the administration of a draft says, if empty.
        line_level: what one line stands for.
        compress: as few lines as taxes allow, instead of `line_level`.

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: there is no such draft.
        Refused: DRAFT_NOT_RELEASED, what stands against a line by now (NOT_CHARGEABLE,
            DISTANCE_SALE), and what `invoices.compose` refuses; then nothing is made.

    """
    actor.must(Right.BATCH)
    plan = Plan(
        origin="project",
        invoice_date=invoice_date,
        collect=collect or Collect.CUSTOMER,
        level=line_level,
        compress=compress,
    )
    done: list[Invoiced] = []
    for draft_id in sorted(set(draft_ids)):
        draft = step(session, actor, draft_id, DraftAction.INVOICE)
        own = plan if collect else replace(plan, collect=_setting(session, draft))
        done.append(_invoice(session, actor, draft, own))
    return done


def _setting(session: TenantSession, draft: Draft) -> Collect:
    """Return how the administration of a draft collects; projects are in no contract."""
    query = select(Administration.collect).where(Administration.id == draft.administration_id)
    return Collect(session.scalars(query).one())


def _invoice(session: TenantSession, actor: Actor, draft: Draft, plan: Plan) -> Invoiced:
    lines = {str(line.id): line for line in lines_of(session, draft)}
    result = invoice_draft(
        MethodLine(key, LineMethod(line.method), line.net) for key, line in lines.items()
    )
    billed = {lines[one.key].charge_id: lines[one.key] for one in result.invoiced}
    refuse_held(session, list(billed))
    made = _store(session, draft, billed, plan)
    mark_billed(session, among(Charge.id, list(billed)))
    _write_off(session, actor, draft, [lines[one.key] for one in result.written_off])
    successor = _keep(session, draft, lines, result, plan.invoice_date)
    draft.invoiced_reason = result.reason
    session.flush()
    return Invoiced(draft.id, made, result.reason, successor)


def _write_off(
    session: TenantSession, actor: Actor, draft: Draft, lines: Collection[DraftLine]
) -> None:
    """Give the charges of lines up, and keep which they were and why."""
    if lines:
        give_up(session, among(Charge.id, [line.charge_id for line in lines]))
        said = {"charges": {public_id("chg", line.charge_id): line.reason for line in lines}}
        record_audit(session, actor, "draft.write_off", public_id(PREFIX, draft.id), said)


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
    """Return the charge as the draft shows it; its discount stays."""
    line = lines[charge.charge_id]
    return charge._replace(
        description=line.name,
        quantity=line.quantity,
        unit_price=line.unit_price,
        net=line.net,
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
            take_back(session, successor, line, day)
        else:
            line.draft_id = successor.id
            session.execute(
                update(Charge).where(Charge.id == line.charge_id).values(draft_id=successor.id)
            )
    session.flush()
    return successor.id
