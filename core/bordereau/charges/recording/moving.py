"""Moving unbilled work: to the contract its ticket has now, or along with a changed contract.

Work that the contract cannot take (it does not run on that day, or has no such rate) stays without
a contract, which is a reason that people see (NO_CONTRACT). What a settled balance of a block
counts stays where it was drawn, or it would be drawn twice.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import RowMapping, Uuid, and_, case, cast, func, literal, null, or_, select

from bordereau.catalog.saving import Row, update_rows
from bordereau.catalog.tables import Ticket
from bordereau.charges.blocks.waiting import is_settled
from bordereau.charges.finding import settled_until
from bordereau.charges.holds import refresh_holds
from bordereau.charges.owner_reading import contracts_by_id, payers_by_customer
from bordereau.charges.owners import ContractFacts, Payer
from bordereau.charges.placing import Work, bill_minutes, place, price_item, price_time
from bordereau.charges.recording.rounding import groups_of, round_groups
from bordereau.charges.states import state_in
from bordereau.charges.tables import UNBILLED, Charge
from bordereau.errors import Invalid
from bordereau.store import TenantSession, among

_RECORDED = ["time", "product", "expense"]
_READ = (
    Charge.id,
    Charge.kind,
    Charge.contract_id,
    Charge.customer_id,
    Charge.worked_on,
    Charge.minutes,
    Charge.rate,
    Charge.quantity,
    Charge.unit_price,
    Charge.discount_percent,
    Charge.net,
    Charge.currency,
    Charge.tax_code_id,
)


def move_to_tickets(session: TenantSession, tickets: Mapping[UUID, UUID | None]) -> None:
    """Bring unbilled work of tickets to the customer and contract that the tickets have now.

    Args:
        session: the tenant's session.
        tickets: tickets with the contract each had before; work of a third contract stays there.

    """
    before = case(
        {ticket_id: literal(old, Uuid) for ticket_id, old in tickets.items()},
        value=Charge.ticket_id,
        else_=cast(null(), Uuid),
    )
    found = session.execute(
        select(*_READ, Ticket.contract_id.label("to"), Ticket.customer_id.label("payer"))
        .join(Ticket, and_(Ticket.tenant_id == Charge.tenant_id, Ticket.id == Charge.ticket_id))
        .where(
            among(Charge.ticket_id, list(tickets)),
            or_(Charge.contract_id.is_(None), Charge.contract_id == before),
            among(Charge.kind, _RECORDED),
            state_in(*UNBILLED),
            ~is_settled(),
        )
    )
    _move(session, found.mappings().all())


def move_with_contracts(
    session: TenantSession, contract_ids: Collection[UUID], repriced: Collection[UUID]
) -> None:
    """Place unbilled work of changed contracts anew: period, payer, currency, tax.

    Work of their tickets that they could not take before comes along: they may run on its day now.
    An hour keeps the price that it had, but for the contracts that are to be `repriced`.
    """
    payer = func.coalesce(Charge.contract_id, Ticket.contract_id).label("to")
    found = session.execute(
        select(*_READ, payer, Charge.customer_id.label("payer"))
        .outerjoin(
            Ticket, and_(Ticket.tenant_id == Charge.tenant_id, Ticket.id == Charge.ticket_id)
        )
        .where(
            or_(
                among(Charge.contract_id, contract_ids),
                and_(Charge.contract_id.is_(None), among(Ticket.contract_id, contract_ids)),
            ),
            among(Charge.kind, _RECORDED),
            state_in(*UNBILLED),
            ~is_settled(),
        )
    )
    _move(session, found.mappings().all(), repriced)


def _move(
    session: TenantSession, charges: Sequence[RowMapping], repriced: Collection[UUID] = ()
) -> None:
    targets = {one["to"] for one in charges if one["to"]}
    sources = {one["contract_id"] for one in charges if one["contract_id"]}
    contracts = contracts_by_id(session, targets | sources)
    payers = payers_by_customer(session, {one["payer"] for one in charges if one["payer"]})
    settled = settled_until(session, targets)
    rows: list[Row] = []
    for one in charges:
        contract = contracts.get(one["to"]) if one["to"] else None
        stays = one["contract_id"] == one["to"] and one["to"] not in repriced
        moved = contract and _placed(one, contract, settled.get(contract.id), stays=stays)
        row = moved or _placed(one, payers[one["payer"]], None)
        if row is None:
            continue
        row["tax_code_id"] = _tax_code(one, contracts, contract if moved else None)
        rows.append({"id": one["id"], "block_period_id": None, **row})
    ids = [row["id"] for row in rows]
    left = groups_of(session, among(Charge.id, ids))
    for kind in (True, False):
        update_rows(session, Charge, [row for row in rows if ("minutes" in row) is kind])
    come = groups_of(session, among(Charge.id, ids))
    round_groups(session, [*left.values(), *come.values()])
    refresh_holds(session, charge_ids=ids)


def _placed(
    one: RowMapping, payer: Payer, settled: date | None, *, stays: bool = False
) -> Row | None:
    """Return the columns of a charge at its new place; None if the contract cannot take it.

    A thing keeps its amount, unless the currency is another one: the parts of one that was split
    are together worth the whole, and price by quantity would add or lose a cent.
    """
    if isinstance(payer, ContractFacts) and not payer.covers(one["worked_on"]):
        return None
    if one["kind"] == "time":
        work = Work(one["worked_on"], one["minutes"], one["rate"])
        try:
            priced = price_time(payer, work)
        except Invalid:
            return None
        if stays and payer.currency == one["currency"]:
            price = one["unit_price"]
            minutes = bill_minutes(priced["billable_minutes"], price, payer.currency)
            priced |= {"unit_price": price, **minutes}
    else:
        priced = price_item(
            one["quantity"], one["unit_price"], one["discount_percent"], payer.currency
        )
        if payer.currency == one["currency"]:
            priced["net"] = one["net"]
    return place(payer, one["worked_on"], settled) | priced


def _tax_code(
    one: RowMapping, contracts: Mapping[UUID, ContractFacts], target: ContractFacts | None
) -> UUID | None:
    """Keep a tax code of the charge's own; one that came from the old contract follows."""
    old = contracts.get(one["contract_id"]) if one["contract_id"] else None
    own: UUID | None = one["tax_code_id"]
    if own is None or (old is not None and own == old.tax_code_id):
        return target.tax_code_id if target else None
    return own
