"""Moving unbilled work: to the contract its ticket has now, or along with a changed contract.

Work that the contract cannot take (it does not run on that day, or has no such rate) stays without
a contract, which is a reason that people see (NO_CONTRACT).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import RowMapping, Uuid, and_, case, cast, literal, null, or_, select

from bordereau.catalog.saving import Row, among, update_rows
from bordereau.catalog.tables import Ticket
from bordereau.charges.finding import settled_until
from bordereau.charges.holds import refresh_holds
from bordereau.charges.owners import ContractFacts, Payer, contracts_by_id, payers_by_customer
from bordereau.charges.placing import Work, place, price_item, price_time
from bordereau.charges.rounding import round_groups
from bordereau.charges.states import state_in
from bordereau.charges.tables import UNBILLED, Charge
from bordereau.errors import Invalid
from bordereau.store import TenantSession

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
        )
    )
    _move(session, found.mappings().all())


def move_with_contracts(session: TenantSession, contract_ids: Iterable[UUID]) -> None:
    """Place unbilled work of changed contracts anew: period, payer, currency, tax."""
    found = session.execute(
        select(*_READ, Charge.contract_id.label("to"), Charge.customer_id.label("payer")).where(
            among(Charge.contract_id, list(contract_ids)),
            among(Charge.kind, _RECORDED),
            state_in(*UNBILLED),
        )
    )
    _move(session, found.mappings().all())


def _move(session: TenantSession, charges: Sequence[RowMapping]) -> None:
    targets = {one["to"] for one in charges if one["to"]}
    sources = {one["contract_id"] for one in charges if one["contract_id"]}
    contracts = contracts_by_id(session, targets | sources)
    payers = payers_by_customer(session, {one["payer"] for one in charges if one["payer"]})
    settled = settled_until(session, targets)
    rows: list[Row] = []
    for one in charges:
        contract = contracts.get(one["to"]) if one["to"] else None
        moved = contract and _placed(one, contract, settled.get(contract.id))
        row = moved or _placed(one, payers[one["payer"]], None)
        if row is None:
            continue
        row["tax_code_id"] = _tax_code(one, contracts, contract if moved else None)
        rows.append({"id": one["id"], "block_period_id": None, **row})
    for kind in (True, False):
        update_rows(session, Charge, [row for row in rows if ("minutes" in row) is kind])
    ids = [row["id"] for row in rows]
    round_groups(session, contracts.values(), ids)
    refresh_holds(session, charge_ids=ids)


def _placed(one: RowMapping, payer: Payer, settled: date | None) -> Row | None:
    """Return the columns of a charge at its new place; None if the contract cannot take it."""
    if isinstance(payer, ContractFacts) and not payer.covers(one["worked_on"]):
        return None
    if one["kind"] == "time":
        work = Work(one["worked_on"], one["minutes"], one["rate"])
        try:
            priced = price_time(payer, work)
        except Invalid:
            return None
    else:
        priced = price_item(
            one["quantity"], one["unit_price"], one["discount_percent"], payer.currency
        )
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
