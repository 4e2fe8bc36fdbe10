"""Rating many contracts takes few statements and little time."""

import time
from datetime import date

import pytest
from tests.charges.rated import TODAY
from tests.fixtures.books import Books
from tests.fixtures.statements import Counting

from bordereau.catalog.tables import Contract
from bordereau.charges import rate_all
from bordereau.charges.rating.writing import RatingReport
from bordereau.store import Database, TenantSession, copy_rows
from bordereau.values.ids import TenantId, uuid7


def many_contracts(session: TenantSession, books: Books, number: int) -> None:
    customer, administration = books.customer(), books.administration()
    columns = ["id", "code", "name", "customer_id", "administration_id", "type", "start", "end"]
    columns += ["billing_period", "terms"]
    copy_rows(
        session,
        Contract,
        columns,
        (
            [
                uuid7(),
                f"M{n:06d}",
                "Many",
                customer.id,
                administration.id,
                "RetainerFlatFee",
                date(2026, 11, 1),
                date(2029, 10, 31),
                "Monthly",
                {"quantity": "1", "rate": str(n % 90 + 10)},
            ]
            for n in range(number)
        ),
    )


def test_every_thousand_contracts_need_the_same_few_statements(
    database: Database, tenant_id: TenantId, counting: Counting
) -> None:
    with database.tenant(tenant_id) as session:
        many_contracts(session, Books(session), 2_000)
    with counting() as sent:
        report = rate_all(database, tenant_id, until=TODAY)
    assert report == RatingReport(contracts=2_000, created=2_000)
    with counting() as again:
        report = rate_all(database, tenant_id, until=TODAY)
    assert report == RatingReport(contracts=2_000, unchanged=2_000)
    assert len(sent) <= 2 * 12 + 2
    assert len(again) <= len(sent)


@pytest.mark.nightly
def test_ten_thousand_contracts_are_rated_in_seconds(
    database: Database, tenant_id: TenantId
) -> None:
    with database.tenant(tenant_id) as session:
        many_contracts(session, Books(session), 10_000)
    begun = time.process_time()  # of this process, so that a busy machine does not count
    assert rate_all(database, tenant_id, until=TODAY).created == 10_000
    assert time.process_time() - begun < 10
