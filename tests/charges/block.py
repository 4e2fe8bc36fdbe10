"""What tests of blocks share: a contract with a block, and what was charged and stated of it."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from tests.fixtures.books import Books

from bordereau.catalog.tables import Contract, Ticket
from bordereau.charges import Charge, block_report, mark_billed
from bordereau.store import TenantSession
from bordereau.tenancy import Actor

TODAY = date(2026, 11, 21)
CLERK = Actor.installation("clerk")
HOURS = {"hours_included": "10", "price_per_hour": "100", "overage_rate": "130"}
MONEY = {"contract_amount": "1000", "primary_rate": "100"}
Work = Callable[..., Charge]
NewBatch = Callable[[], UUID]


def block(books: Books, terms: dict[str, Any], **values: Any) -> tuple[Contract, Ticket]:
    customer = books.customer()
    kind = "BlockHours" if "hours_included" in terms else "BlockMoney"
    values = {"type": kind, "billing_period": "Monthly", "start": date(2026, 9, 1)} | values
    contract = books.contract(customer, books.administration(), terms=terms, **values)
    return contract, books.ticket(customer, contract)


def nets(session: TenantSession, *kinds: str) -> list[Any]:
    """Period and net of the charges of some kinds."""
    query = select(Charge.period_start, Charge.net).where(Charge.kind.in_(kinds))
    found = session.execute(query.order_by(Charge.period_start, Charge.net))
    return [(row.period_start, row.net) for row in found]


def statements(session: TenantSession, contract: Contract) -> list[Any]:
    """Opening, included, used, overage, carried and lost of each period."""
    session.expire_all()
    return [
        (one.opening, one.included, one.used, one.overage, one.carried, one.lost)
        for one in block_report(session, contract.id)
    ]


def bill_september(session: TenantSession) -> None:
    mark_billed(session, Charge.period_start == date(2026, 9, 1))
