"""Everything that changes a batch raises its version, so that nobody overwrites what they missed.

A face compares the version that a person saw with the present one (`If-Match`).
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from tests.fixtures.shop import Shop
from tests.fixtures.statements import Counting

from bordereau.batches import (
    OwnerFilter,
    choose_all,
    choose_charges,
    choose_matching,
    choose_owners,
    delete_batch,
    generate,
    get_batch,
    remove_invoice,
    run,
    select_again,
)
from bordereau.batches.tables import Batch
from bordereau.errors import BordereauError
from bordereau.store import Database
from bordereau.values.ids import TenantId


def version_of(shop: Shop, batch: Batch) -> int:
    shop.session.refresh(batch)
    return batch.version


@pytest.mark.row("A32")
def test_every_choice_raises_the_version_of_the_batch(shop: Shop) -> None:
    contract = shop.contract()
    charge = shop.charge(contract)
    batch = shop.open()
    choose_all(shop.session, batch, ticked=False, actor=shop.clerk)
    assert (batch.version, version_of(shop, batch), batch.tick_all) == (2, 2, False)
    choose_owners(shop.session, batch, [contract.id], ticked=True, actor=shop.clerk)
    assert (batch.version, version_of(shop, batch)) == (3, 3)
    choose_charges(shop.session, batch, [charge.id], ticked=True, actor=shop.clerk)
    assert version_of(shop, batch) == 4
    choose_matching(shop.session, batch, OwnerFilter(), ticked=True, actor=shop.clerk)
    assert version_of(shop, batch) == 5


def test_run_removing_generating_and_deleting_raise_the_version_too(shop: Shop) -> None:
    for _ in range(2):
        shop.charge(shop.contract())
    batch = shop.open()
    run(shop.session, batch, actor=shop.clerk)
    assert version_of(shop, batch) == 2
    remove_invoice(shop.session, batch, shop.invoices(batch)[0].id, actor=shop.clerk)
    assert version_of(shop, batch) == 3
    generate(shop.session, batch, batch.preview_hash, actor=shop.clerk)
    assert version_of(shop, batch) == 4
    delete_batch(shop.session, batch, actor=shop.clerk)
    assert version_of(shop, batch) == 5


def test_raising_the_version_is_one_statement(shop: Shop, counting: Counting) -> None:
    contract = shop.contract()
    shop.charge(contract)
    batch = shop.open()
    shop.session.flush()
    with counting() as sent:
        choose_owners(shop.session, batch, [contract.id], ticked=False, actor=shop.clerk)
    assert [one.split()[0] for one in sent] == ["UPDATE", "DELETE", "INSERT"]


@pytest.mark.row("A32")
def test_choices_of_people_who_click_at_once_are_all_kept_and_counted(
    shop: Shop, database: Database, tenant_id: TenantId
) -> None:
    contracts = [shop.contract() for _ in range(8)]
    for contract in contracts:
        shop.charge(contract, "1")
    batch_id = shop.open().id
    shop.session.commit()

    def untick(owner_id: UUID) -> None:
        with database.tenant(tenant_id) as session:
            batch = get_batch(session, batch_id)
            choose_owners(session, batch, [owner_id], ticked=False, actor=shop.clerk)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(untick, [one.id for one in contracts[:6]]))
    batch = get_batch(shop.session, batch_id)
    assert version_of(shop, batch) == 7
    shop.session.refresh(batch)
    done = run(shop.session, batch, actor=shop.clerk)
    assert sorted(one.contract_id for one in shop.invoices(done) if one.contract_id) == sorted(
        one.id for one in contracts[6:]
    )


def test_a_choice_in_a_batch_that_was_run_or_deleted_meanwhile_is_refused(
    shop: Shop, database: Database, tenant_id: TenantId
) -> None:
    shop.charge(shop.contract())
    batch = shop.open()
    shop.session.commit()

    def choose_after(change: Callable[..., object]) -> str:
        with database.tenant(tenant_id) as session:
            stale = get_batch(session, batch.id)
            change(shop.session, batch, actor=shop.clerk)
            shop.session.commit()
            assert stale.state == "selecting"
            with pytest.raises(BordereauError) as refusal:
                choose_all(session, stale, ticked=False, actor=shop.clerk)
            session.rollback()
        return refusal.value.code

    assert choose_after(run) == "BATCH_RUN"
    select_again(shop.session, batch, actor=shop.clerk)
    shop.session.commit()
    assert choose_after(delete_batch) == "NOT_FOUND"
