"""Recording time, products and expenses on tickets and contracts."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import func, select
from tests.fixtures.books import Books
from tests.fixtures.statements import Counting

from bordereau.catalog import Saved
from bordereau.charges import (
    Charge,
    ExpenseRecord,
    ProductRecord,
    TimeEntryRecord,
    mark_billed,
    reserve,
    save_items,
    save_time_entries,
)
from bordereau.store import TenantSession
from bordereau.tenancy import Actor, change_account

HOURLY = {"primary_rate": "90", "additional_rates": {"Night": "135"}}
MONTHLY = {"type": "Hourly", "billing_period": "Monthly", "terms": HOURLY}
Work = Callable[..., Charge]
Faults = Callable[[Saved], list[tuple[int, str, str]]]


@pytest.mark.row("A41")
def test_an_entry_late_in_the_evening_belongs_to_the_local_day(books: Books, work: Work) -> None:
    customer = books.customer()
    ticket = books.ticket(customer, books.contract(customer, books.administration(), **MONTHLY))
    entry = work(ticket, "2026-06-30T23:30:00+00:00")
    assert entry.worked_on == date(2026, 7, 1)
    assert (entry.period_start, entry.period_end) == (date(2026, 7, 1), date(2026, 8, 1))
    local = work(ticket, "2026-06-30T23:30")
    assert local.worked_on == date(2026, 6, 30)
    assert local.period_end == date(2026, 7, 1)


@pytest.mark.row("A41")
def test_another_time_zone_moves_nothing_that_was_recorded(
    books: Books, session: TenantSession, work: Work
) -> None:
    customer = books.customer()
    ticket = books.ticket(customer, books.contract(customer, books.administration(), **MONTHLY))
    entry = work(ticket, "2026-06-30T23:30:00+00:00", key="E1")
    mark_billed(session, Charge.id == entry.id)
    change_account(session, Actor.installation("owner"), time_zone="America/Lima")
    again = work(ticket, "2026-06-30T23:30:00+00:00", key="E1")
    assert (again.id, again.worked_on, again.state) == (entry.id, date(2026, 7, 1), "billed")
    assert work(ticket, "2026-06-30T23:30:00+00:00").worked_on == date(2026, 6, 30)


@pytest.mark.row("A10", "A56")
def test_time_costs_its_minutes_at_the_rate_that_was_chosen(books: Books, work: Work) -> None:
    customer = books.customer()
    contract = books.contract(customer, books.administration(), **MONTHLY)
    ticket = books.ticket(customer, contract)
    plain, night = work(ticket, minutes=50), work(ticket, minutes=50, rate="Night")
    assert (plain.unit_price, plain.net) == (Decimal(90), Decimal(75))
    assert (night.unit_price, night.net) == (Decimal(135), Decimal("112.50"))
    assert (night.contract_id, night.customer_id) == (contract.id, customer.id)
    assert (night.state, night.ready_on) == ("closed", date(2026, 11, 1))


@pytest.mark.row("A56")
def test_another_contract_than_that_of_the_ticket_can_pay(books: Books, work: Work) -> None:
    customer, administration = books.customer(), books.administration()
    day, night = (books.contract(customer, administration, **MONTHLY) for _ in range(2))
    entry = work(books.ticket(customer, day), contract=night.code, rate="Night")
    assert entry.contract_id == night.id


@pytest.mark.row("A56")
def test_products_and_expenses_are_charges_of_the_contract(
    books: Books, session: TenantSession, charge_of: Callable[[str], Charge]
) -> None:
    customer = books.customer()
    tax, reduced = books.tax_code("20"), books.tax_code("5.5")
    contract = books.contract(customer, books.administration(), tax_code_id=tax.id, **MONTHLY)
    ticket = books.ticket(customer, contract)
    product = ProductRecord(
        key="1",
        ticket=ticket.code,
        day=date(2026, 10, 6),
        description="Cable",
        quantity=Decimal("37.5"),
        unit_price=Decimal("1.85"),
        discount_percent=Decimal(10),
        tax_code=reduced.code,
    )
    expense = ExpenseRecord(
        key="1",
        contract=contract.code,
        day=date(2026, 10, 6),
        description="Toll",
        unit_price=Decimal(12),
    )
    saved = save_items(session, {1: product, 2: expense})
    assert (saved.created, saved.faults) == (2, [])
    sold, paid = charge_of("product:1"), charge_of("expense:1")
    assert (sold.net, sold.tax_code_id, sold.ticket_id) == (Decimal("62.44"), reduced.id, ticket.id)
    assert (paid.net, paid.tax_code_id, paid.ticket_id) == (Decimal(12), tax.id, None)
    assert sold.ready_on == paid.ready_on == date(2026, 11, 1)


def test_recording_again_changes_nothing(books: Books, session: TenantSession) -> None:
    customer = books.customer()
    ticket = books.ticket(customer, books.contract(customer, books.administration(), **MONTHLY))
    entry = {"key": "E1", "ticket": ticket.code, "starts_at": "2026-10-05T09:00", "minutes": 30}
    records = {2: TimeEntryRecord.model_validate(entry)}
    assert save_time_entries(session, records).created == 1
    again = save_time_entries(session, records)
    assert (again.created, again.changed, again.unchanged) == (0, 0, 1)
    longer = {2: TimeEntryRecord.model_validate(entry | {"minutes": 60})}
    assert save_time_entries(session, longer).changed == 1
    assert session.scalar(select(func.sum(Charge.net))) == Decimal(90)


@pytest.mark.row("A37", "B12")
@pytest.mark.parametrize(
    ("state", "code"), [("reserved", "RECORD_RESERVED"), ("billed", "RECORD_BILLED")]
)
def test_what_a_batch_or_an_invoice_holds_is_not_changed(
    books: Books,
    session: TenantSession,
    work: Work,
    faults: Faults,
    new_batch: Callable[[], UUID],
    state: str,
    code: str,
) -> None:
    customer = books.customer()
    ticket = books.ticket(customer, books.contract(customer, books.administration(), **MONTHLY))
    entry = work(ticket, key="E1")
    if state == "reserved":
        assert reserve(session, new_batch(), Charge.id == entry.id) == 1
    else:
        mark_billed(session, Charge.id == entry.id)
    same = {"key": "E1", "ticket": ticket.code, "starts_at": "2026-10-05T09:00", "minutes": 60}
    assert save_time_entries(session, {1: TimeEntryRecord.model_validate(same)}).unchanged == 1
    other = {1: TimeEntryRecord.model_validate(same | {"minutes": 90})}
    assert faults(save_time_entries(session, other)) == [(1, "key", code)]
    session.expire_all()
    assert session.get_one(Charge, (session.tenant_id, entry.id)).minutes == 60


def test_every_bad_entry_is_named_and_the_good_ones_are_kept(
    books: Books, session: TenantSession, faults: Faults
) -> None:
    customer, administration = books.customer(), books.administration()
    contract = books.contract(customer, administration, **MONTHLY)
    stranger = books.contract(books.customer(), administration, **MONTHLY)
    ticket = books.ticket(customer, contract)
    good = {"key": "0", "ticket": ticket.code, "starts_at": "2026-10-05T09:00", "minutes": 30}
    bad = [
        {"ticket": "NONE"},
        {"contract": "NONE"},
        {"contract": stranger.code},
        {"rate": "Sunday"},
        {"starts_at": "2020-10-05T09:00"},
    ]
    entries = [good, *(good | {"key": str(n)} | one for n, one in enumerate(bad, 1))]
    records = dict(enumerate(map(TimeEntryRecord.model_validate, entries), 2))
    saved = save_time_entries(session, records)
    assert saved.created == 1
    assert sorted(faults(saved)) == [
        (3, "ticket", "UNKNOWN_TICKET"),
        (4, "contract", "UNKNOWN_CONTRACT"),
        (5, "contract", "CONTRACT_OF_OTHER_CUSTOMER"),
        (6, "rate", "RATE_UNKNOWN"),
        (7, "starts_at", "OUTSIDE_CONTRACT"),
    ]


@pytest.mark.parametrize(("scope", "billed"), [("entry", 45), ("ticket", 30), ("day", 15)])
def test_time_is_rounded_by_entry_ticket_or_day(
    books: Books, session: TenantSession, work: Work, scope: str, billed: int
) -> None:
    customer = books.customer()
    rounding = {"time_step": 15, "time_scope": scope}
    contract = books.contract(customer, books.administration(), **MONTHLY, **rounding)
    first, second = books.ticket(customer, contract), books.ticket(customer, contract)
    for ticket, hour in ((first, "09"), (first, "11"), (second, "14")):
        work(ticket, f"2026-10-05T{hour}:00", 5)
    minutes, exact, net = session.execute(
        select(func.sum(Charge.billable_minutes), func.sum(Charge.minutes), func.sum(Charge.net))
    ).one()
    assert (minutes, exact) == (billed, 15)
    assert net == Decimal(billed) * 90 / 60


@pytest.mark.parametrize("scope", ["ticket", "day"])
def test_time_that_was_rounded_up_and_billed_is_not_rounded_up_again(
    books: Books, session: TenantSession, work: Work, scope: str
) -> None:
    customer = books.customer()
    rounding = {"time_minimum": 30, "time_step": 15, "time_scope": scope}
    contract = books.contract(customer, books.administration(), **MONTHLY, **rounding)
    ticket = books.ticket(customer, contract)
    first = work(ticket, "2026-10-05T09:00", 10)
    mark_billed(session, Charge.id == first.id)
    second, third = (work(ticket, f"2026-10-05T{hour}:00", 5) for hour in ("11", "12"))
    session.expire_all()
    assert [one.billable_minutes for one in (first, second, third)] == [30, 0, 0]
    work(ticket, "2026-10-05T13:00", 20)
    assert session.scalar(select(func.sum(Charge.billable_minutes))) == 45


def test_a_thousand_entries_need_as_many_statements_as_ten(
    books: Books, session: TenantSession, counting: Counting
) -> None:
    customer, administration = books.customer(), books.administration()
    contracts = [books.contract(customer, administration, **MONTHLY) for _ in range(20)]
    tickets = [books.ticket(customer, contract) for contract in contracts]

    def entries(start: int, number: int) -> dict[int, TimeEntryRecord]:
        return {
            n: TimeEntryRecord.model_validate(
                {
                    "key": f"E{n}",
                    "ticket": tickets[n % 20].code,
                    "starts_at": f"2026-10-{n % 28 + 1:02d}T09:00",
                    "minutes": n % 90 + 1,
                }
            )
            for n in range(start, start + number)
        }

    with counting() as few:
        assert save_time_entries(session, entries(0, 10)).created == 10
    with counting() as many:
        assert save_time_entries(session, entries(10, 1000)).created == 1000
    with counting() as again:
        assert save_time_entries(session, entries(0, 1010)).unchanged == 1010
    assert len(many) == len(few)
    assert len(again) <= len(few)
    assert len(few) <= 12
