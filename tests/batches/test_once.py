"""Contracts that are billed once only, by several batches at the same time (rule of row A29)."""

import pytest
from sqlalchemy import select
from tests.fixtures.shop import TODAY, Shop

from bordereau.batches import choose_charges, delete_batch, generate, run
from bordereau.charges import Charge, reasons
from bordereau.errors import Refused


def test_a_contract_billed_once_is_in_one_batch_at_a_time(shop: Shop) -> None:
    contract = shop.contract(type="ProjectHourlyRate")
    left, taken = (
        shop.charge(contract, kind="time", minutes=60, billable_minutes=60) for _ in range(2)
    )
    first = shop.open(name="first")
    choose_charges(shop.session, first, [left.id], ticked=False, actor=shop.clerk)
    run(shop.session, first, actor=shop.clerk)
    with pytest.raises(Refused) as refusal:
        shop.run(name="second")
    assert refusal.value.code == "NOTHING_SELECTED"
    shop.session.refresh(left)
    assert [one.code for one in reasons(left, TODAY)] == ["RESERVED"]
    delete_batch(shop.session, first, actor=shop.clerk)
    both = shop.run(name="second")
    generate(shop.session, both, both.preview_hash, actor=shop.clerk)
    states = select(Charge.state).where(Charge.id.in_([left.id, taken.id]))
    assert set(shop.session.scalars(states)) == {"billed"}
