"""What the database itself refuses, whoever asks."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import psycopg
import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from tests.fixtures.shop import TODAY

from bordereau.ledger import post_one, spread
from bordereau.ledger.rules.entries import Entry
from bordereau.ledger.rules.sides import Item, ItemKind
from bordereau.ledger.tables import LedgerEntry, LedgerItem, RevenuePart, RevenueSpread
from bordereau.ledger.writing import write_entries
from bordereau.store import Database

TEN, ZERO = Decimal(10), Decimal(0)


def refused(ledger: Any, code: str, act: Callable[[], Any]) -> None:
    session = ledger.shop.session

    def act_whole() -> None:
        with session.begin_nested():
            act()
            session.execute(text("set constraints all immediate"))

    with pytest.raises((DBAPIError, psycopg.Error), match=code):  # COPY raises the driver's own
        act_whole()
    session.execute(text("set constraints all deferred"))


def entry_of(ledger: Any, *items: tuple[Decimal, Decimal]) -> Entry:
    return Entry(
        kind="invoice",
        administration_id=ledger.shop.seller.id,
        invoice_id=ledger.invoice().id,
        entry_date=TODAY,
        document_date=TODAY,
        currency="EUR",
        items=[
            Item(kind=ItemKind.REVENUE, account="1", debit=debit, credit=credit)
            for debit, credit in items
        ],
    )


@pytest.mark.row("B62")
@pytest.mark.parametrize("items", [[(TEN, ZERO)], [(TEN, ZERO), (ZERO, TEN - 1)]])
def test_an_entry_that_does_not_balance_is_refused(ledger: Any, items: Any) -> None:
    wrong = entry_of(ledger, *items)
    refused(ledger, "ENTRY_UNBALANCED", lambda: write_entries(ledger.shop.session, [wrong], "x"))


@pytest.mark.row("B62")
def test_an_entry_without_its_items_is_refused_at_the_end(ledger: Any) -> None:
    invoice = ledger.invoice()
    row = LedgerEntry(
        kind="invoice",
        administration_id=invoice.administration_id,
        invoice_id=invoice.id,
        entry_date=TODAY,
        document_date=TODAY,
        currency="EUR",
        amount=TEN,
        items=2,
        posted_by="x",
    )

    def write() -> None:
        ledger.shop.session.add(row)
        ledger.shop.session.flush()

    refused(ledger, "ENTRY_UNBALANCED", write)


@pytest.mark.row("B62")
def test_nothing_is_added_to_a_written_entry(ledger: Any) -> None:
    session = ledger.shop.session
    posted = post_one(session, ledger.invoice().id, actor=ledger.keeper)
    rows = [
        {
            "tenant_id": session.tenant_id,
            "entry_id": posted.entry_id,
            "position": 10 + place,
            "kind": "revenue",
            "account": "1",
            "debit": debit,
            "credit": TEN - debit,
        }
        for place, debit in enumerate((TEN, ZERO))
    ]
    refused(ledger, "ENTRY_UNBALANCED", lambda: session.execute(insert(LedgerItem), rows))


@pytest.mark.row("B62")
@pytest.mark.parametrize("table", ["ledger_entry", "ledger_item", "revenue_spread"])
def test_entries_are_neither_changed_nor_deleted_by_the_owner_himself(
    ledger: Any, database: Database, table: str
) -> None:
    line = ledger.line()
    session = ledger.shop.session
    spread(session, line.id, first=TODAY, last=TODAY, actor=ledger.keeper)
    session.commit()
    engine = database.owner_engine()
    with engine.connect() as owner:
        tenant = {"tenant": str(session.tenant_id)}
        for statement in (
            f"update {table} set account = 'x'" if table != "ledger_entry" else "",  # noqa: S608 - a name of ours
            f"delete from {table}",  # noqa: S608 - a name of ours
        ):
            if not statement:
                continue
            owner.execute(text("select set_config('app.tenant', :tenant, true)"), tenant)
            with pytest.raises(DBAPIError, match="ENTRY_KEPT"):
                owner.execute(text(statement))
            owner.rollback()
        with pytest.raises(DBAPIError, match=r"TRUNCATE_REFUSED|cannot truncate"):
            owner.execute(text(f"truncate {table} cascade"))
    engine.dispose()


@pytest.mark.row("B62")
@pytest.mark.parametrize("act", [update(LedgerEntry).values(kind="x"), delete(LedgerItem)])
def test_the_application_may_only_add_entries(ledger: Any, act: Any) -> None:
    session = ledger.shop.session
    post_one(session, ledger.invoice().id, actor=ledger.keeper)
    with pytest.raises(DBAPIError, match="permission denied"):
        session.execute(act, execution_options={"synchronize_session": False})


@pytest.mark.row("B62")
def test_no_door_leads_into_a_closed_period(ledger: Any) -> None:
    late = entry_of(ledger, (TEN, ZERO), (ZERO, TEN))
    ledger.shop.seller.closed_until = TODAY
    ledger.shop.session.flush()
    refused(ledger, "PERIOD_CLOSED", lambda: write_entries(ledger.shop.session, [late], "x"))


@pytest.mark.row("B64")
def test_parts_that_do_not_sum_to_the_net_amount_are_refused(ledger: Any) -> None:
    session, line = ledger.shop.session, ledger.line()
    spread(session, line.id, first=TODAY, last=TODAY, actor=ledger.keeper)
    one_more = update(RevenuePart).values(amount=RevenuePart.amount + 1)
    quiet = {"synchronize_session": False}
    refused(ledger, "DISTRIBUTION_SUM", lambda: session.execute(one_more, execution_options=quiet))


@pytest.mark.row("B64")
def test_revenue_taken_aside_without_parts_is_refused(ledger: Any) -> None:
    session, line = ledger.shop.session, ledger.line()
    bare = RevenueSpread(
        administration_id=ledger.shop.seller.id,
        invoice_id=line.invoice_id,
        line_id=line.id,
        account="706000",
        suspense_account="487000",
        currency="EUR",
        net=line.net,
        unit=Decimal("0.01"),
        created_by="x",
    )

    def write() -> None:
        session.add(bare)
        session.flush()

    refused(ledger, "DISTRIBUTION_SUM", write)
    assert session.scalars(select(RevenueSpread)).all() == []


def test_a_booked_part_stays_where_it_is(ledger: Any) -> None:
    session, line = ledger.shop.session, ledger.line()
    spread(session, line.id, first=TODAY, last=TODAY, actor=ledger.keeper)
    quiet = {"synchronize_session": False}
    session.execute(update(RevenuePart).values(booked=True), execution_options=quiet)
    for values in ({"booked": False}, {"entry_date": TODAY}):
        refused(
            ledger,
            "ENTRY_KEPT",
            partial(session.execute, update(RevenuePart).values(values), execution_options=quiet),
        )
