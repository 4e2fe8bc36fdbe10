"""Finalise: gapless numbers, whoever and however many do it."""

import multiprocessing
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, select
from tests.fixtures.shop import Shop

from bordereau.batches import Finalised, delete_batch, finalise, remove_invoice
from bordereau.batches.tables import Batch
from bordereau.errors import Conflict, Forbidden, Invalid, Refused
from bordereau.invoices import delete_invoices, verify_chain
from bordereau.invoices.tables import Invoice, Series
from bordereau.store import Database, TenantSession
from bordereau.tenancy import Actor
from bordereau.values.ids import TenantId

PROCESSES = 8


def nothing(_session: TenantSession, _batch: Batch, _ids: Collection[UUID]) -> None:
    """Do nothing when invoices are issued."""


def compete(app_url: str, tenant_id: TenantId, batch_id: UUID, gate: Any, answers: Any) -> None:
    """Finalise a batch in a process of its own, at the same time as the others."""
    database = Database(app_url)
    gate.wait(120)
    actor = Actor.installation("worker")
    answers.put(finalise(database, tenant_id, batch_id, actor=actor, on_issued=nothing, chunk=7))
    database.close()


def test_eight_processes_finalise_a_batch_as_one(
    shop: Shop, database: Database, tenant_id: TenantId
) -> None:
    for _ in range(60):
        shop.charge(shop.contract(), "10")
    shop.charge(shop.contract(), "-10")
    batch_id = shop.generate().id
    shop.session.commit()
    context = multiprocessing.get_context("spawn")
    gate, answers = context.Barrier(PROCESSES), context.Queue()
    arguments = (database.app_url, tenant_id, batch_id, gate, answers)
    workers = [context.Process(target=compete, args=arguments) for _ in range(PROCESSES)]
    for worker in workers:
        worker.start()
    found: list[Finalised] = [answers.get(timeout=180) for _ in workers]
    for worker in workers:
        worker.join()
    assert all(one == found[0] for one in found)
    assert (found[0].invoices, found[0].totals) == (61, {"EUR": Decimal(708)})
    numbers = shop.session.scalars(
        select(Invoice.sequence).where(Invoice.kind == "380").order_by(Invoice.sequence)
    ).all()
    assert numbers == list(range(1, 61))
    for series in shop.session.scalars(select(Series)):
        assert verify_chain(shop.session, series.id).sound


def test_numbers_follow_the_order_of_the_customers(
    shop: Shop, database: Database, tenant_id: TenantId
) -> None:
    for name in ("c", "a", "b"):
        shop.charge(shop.contract(shop.customer(name=name)))
    batch = shop.generate()
    shop.session.commit()
    done = finalise(database, tenant_id, batch.id, actor=shop.clerk, on_issued=nothing, chunk=2)
    assert [one.buyer["name"] for one in shop.invoices()] == ["a", "b", "c"]
    assert [one.number for one in shop.invoices()] == [
        "F2026-00001",
        "F2026-00002",
        "F2026-00003",
    ]
    assert (done.ranges[0].first, done.ranges[0].last) == ("F2026-00001", "F2026-00003")


@pytest.mark.row("B32")
def test_a_date_before_the_last_one_of_the_series_is_told_in_the_answer(
    shop: Shop, database: Database, tenant_id: TenantId
) -> None:
    def bill(day: date) -> Finalised:
        shop.charge(shop.contract(), "68098.98")
        batch = shop.generate(invoice_date=day)
        shop.session.commit()
        return finalise(database, tenant_id, batch.id, actor=shop.clerk, on_issued=nothing)

    done = bill(date(2026, 11, 20))
    assert (done.warnings, str(done.totals["EUR"])) == ((), "81718.78")
    late = bill(date(2026, 11, 2))
    (warning,) = late.warnings
    assert "2026-11-02 lies before 2026-11-20" in warning


def test_each_chunk_hands_over_what_it_issued_in_its_own_transaction(
    shop: Shop, database: Database, tenant_id: TenantId
) -> None:
    for _ in range(5):
        shop.charge(shop.contract())
    batch = shop.generate()
    shop.session.commit()
    heard: list[int] = []

    def fail_late(_session: TenantSession, _batch: Batch, ids: Collection[UUID]) -> None:
        heard.append(len(ids))
        if len(heard) == 2:
            raise RuntimeError("the second chunk is lost")

    with pytest.raises(RuntimeError):
        finalise(database, tenant_id, batch.id, actor=shop.clerk, on_issued=fail_late, chunk=2)
    assert [one.number is not None for one in shop.invoices()] == [True, True, False, False, False]
    done = finalise(database, tenant_id, batch.id, actor=shop.clerk, on_issued=nothing, chunk=2)
    assert (heard, done.invoices, done.ranges[0].last) == ([2, 2], 5, "F2026-00005")


def test_a_batch_must_be_generated_before_it_is_finalised(
    shop: Shop, database: Database, tenant_id: TenantId
) -> None:
    shop.charge(shop.contract())
    batch = shop.run()
    shop.session.commit()
    with pytest.raises(Conflict) as refusal:
        finalise(database, tenant_id, batch.id, actor=shop.clerk, on_issued=nothing)
    assert refusal.value.code == "BATCH_RUN"
    reader = Actor("reader", frozenset({"batch"}))
    with pytest.raises(Forbidden):
        finalise(database, tenant_id, batch.id, actor=reader, on_issued=nothing)


def test_a_batch_whose_drafts_were_all_removed_cannot_be_finalised_but_deleted(
    shop: Shop, database: Database, tenant_id: TenantId
) -> None:
    charge = shop.charge(shop.contract())
    batch = shop.generate()
    remove_invoice(shop.session, batch, shop.invoices(batch)[0].id, actor=shop.clerk)
    shop.session.commit()
    with pytest.raises(Refused) as refusal:
        finalise(database, tenant_id, batch.id, actor=shop.clerk, on_issued=nothing)
    assert refusal.value.code == "NOTHING_TO_FINALISE"
    shop.session.refresh(batch)
    assert batch.state == "generated"
    delete_batch(shop.session, batch, actor=shop.clerk)
    assert shop.state(charge) == "closed"


def test_a_finalised_batch_stays_as_a_record_when_its_invoices_are_voided(
    shop: Shop, database: Database, tenant_id: TenantId
) -> None:
    shop.charge(shop.contract())
    batch = shop.generate()
    shop.session.commit()
    finalise(database, tenant_id, batch.id, actor=shop.clerk, on_issued=nothing)
    ids = [one.id for one in shop.invoices(batch)]
    delete_invoices(shop.session, ids, reason="Never sent", actor=shop.clerk)
    assert [one.state for one in shop.invoices(batch)] == ["voided"]
    with pytest.raises(Conflict) as refusal:
        delete_batch(shop.session, batch, actor=shop.clerk)
    assert refusal.value.code == "INVOICE_NUMBERED"


def test_strict_administrations_refuse_a_date_before_the_last_one(
    shop: Shop, database: Database, tenant_id: TenantId
) -> None:
    shop.seller.strict_dates = True
    shop.charge(shop.contract())
    shop.issue()
    shop.charge(shop.contract())
    batch = shop.generate(invoice_date=date(2026, 10, 1))
    shop.session.commit()
    with pytest.raises(Invalid) as refusal:
        finalise(database, tenant_id, batch.id, actor=shop.clerk, on_issued=nothing)
    assert refusal.value.code == "DATE_BEFORE_LAST"
    assert shop.invoices(batch)[0].number is None


def count_statements(shop: Shop, database: Database, tenant_id: TenantId, invoices: int) -> int:
    for _ in range(invoices):
        contract = shop.contract()
        shop.charge(contract)
        shop.charge(contract)
    batch = shop.generate(name=f"{invoices}")
    shop.session.commit()
    counted = []

    def note(*_: object) -> None:
        counted.append(1)

    event.listen(database.engine, "before_cursor_execute", note)
    finalise(database, tenant_id, batch.id, actor=shop.clerk, on_issued=nothing, chunk=10)
    event.remove(database.engine, "before_cursor_execute", note)
    return len(counted)


def test_statements_grow_with_chunks_not_with_invoices(
    shop: Shop, database: Database, tenant_id: TenantId
) -> None:
    first, one, two, four = (
        count_statements(shop, database, tenant_id, invoices) for invoices in (1, 10, 20, 40)
    )
    assert one == first
    assert four - two == 2 * (two - one)
