"""What tests of rating share: a contract, and what was computed for it."""

from datetime import date
from typing import Any

from sqlalchemy import select
from tests.fixtures.books import Books

from bordereau.catalog.tables import Contract
from bordereau.charges import Charge
from bordereau.store import TenantSession

TODAY = date(2026, 11, 21)
RETAINER = {
    "type": "RetainerFlatFee",
    "billing_period": "Monthly",
    "start": date(2026, 9, 1),
    "terms": {"quantity": "10", "rate": "15"},
}


def contract(books: Books, **values: Any) -> Contract:
    return books.contract(books.customer(), books.administration(), **values)


def fees(session: TenantSession) -> list[Any]:
    """Period start, readiness day and net of each computed charge."""
    query = select(Charge.period_start, Charge.ready_on, Charge.net).order_by(Charge.period_start)
    return [(row.period_start, row.ready_on, row.net) for row in session.execute(query)]
