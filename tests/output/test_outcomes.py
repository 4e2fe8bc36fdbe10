"""What the far side may do to a delivery, and what we conclude. Its own books are the judge."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bordereau.connections import check, disable, set_enabled, set_ok
from bordereau.connections.tables import Connection
from bordereau.contract import Outcome
from bordereau.errors import Conflict, NotFound
from bordereau.invoices import void_invoice
from bordereau.output import attention, cancel, confirm, progress, resolve_unknown, resume
from bordereau.output import retry_failed as retry
from bordereau.output.tables import DeliveryAttempt
from bordereau.tenancy import Actor


def export(shop: Any, number: int, **mood: Any) -> Any:
    """Export invoices to a ledger in some mood; return its connection."""
    ledger = shop.connect("destination", "ledger", **mood)
    shop.order(shop.invoices(number), customers=False, destinations=[ledger])
    return ledger


def act(shop: Any, what: Any, *arguments: Any, **keywords: Any) -> Any:
    """Do what a person does."""
    with shop.session() as session:
        tools = (session, shop.works.engine.enqueuer(), shop.works.desk.connections)
        return what(*tools, *arguments, **keywords)


def test_lost_answers_and_refusals_end_with_one_of_each_at_the_far_side(shop: Any) -> None:
    export(shop, 60, lose_every=3, refuse_every=4)
    assert shop.settle() == {("done", ""): 60}
    assert sorted(shop.there("ledger").values()) == [1] * 60
    outcomes = {row.outcome for row in shop.deliveries()}
    assert outcomes == {"created", "adopted"}


def test_a_key_goes_with_the_same_items_only(shop: Any) -> None:
    export(shop, 40, lose_every=3, refuse_every=2)
    shop.settle()
    by_key: dict[str, set[tuple[str, ...]]] = {}
    for call in shop.calls("ledger"):
        assert len(call["key"]) == 32
        by_key.setdefault(call["key"], set()).add(tuple(sorted(call["items"])))
    assert all(len(items) == 1 for items in by_key.values())
    assert len(shop.calls("ledger")) > len(by_key)  # a refused call came again under its key


@pytest.mark.row("A46")
def test_one_rejected_invoice_leaves_the_others_alone(shop: Any) -> None:
    ledger = shop.connect("destination", "ledger")
    ids = shop.invoices(5)
    shop.change(ledger, odd=shop.number(ids[2]))
    shop.order(ids, customers=False, destinations=[ledger])
    assert shop.settle() == {("done", ""): 4, ("rejected", "REJECTED"): 1}
    [row] = shop.deliveries(ids[2])
    assert (row.message, row.reference) == ("we do not like it", "")
    others = [one for one in shop.deliveries() if one.invoice_id != ids[2]]
    assert {one.message for one in others} == {"thank you"}
    assert all(one.reference for one in others)
    assert shop.statuses() == {"exported": 4, "draft": 1}


def test_after_the_cure_a_rejected_one_goes_under_a_new_key(shop: Any) -> None:
    ledger = shop.connect("destination", "ledger")
    [id_] = shop.invoices(1)
    shop.change(ledger, odd=shop.number(id_))
    ordered = shop.order([id_], customers=False, destinations=[ledger])
    assert shop.settle() == {("rejected", "REJECTED"): 1}
    shop.change(ledger)
    assert act(shop, retry, shop.actor, order_id=ordered.order_id) == 1
    assert shop.settle() == {("done", ""): 1}
    first, second = shop.calls("ledger")
    assert first["key"] != second["key"]
    assert first["items"] == second["items"]


def test_an_answer_nobody_gave_is_looked_up_and_adopted(shop: Any) -> None:
    export(shop, 4, mood="mute")
    assert shop.settle() == {("done", ""): 4}
    assert {row.outcome for row in shop.deliveries()} == {"adopted"}
    assert len(shop.calls("ledger")) == 1


def test_a_failed_look_up_never_counts_as_not_there(shop: Any) -> None:
    ledger = export(shop, 2, mood="blind")
    shop.wait(lambda: shop.connection(ledger).state == "paused")
    shop.wait(
        lambda: {(row.state, row.in_doubt) for row in shop.deliveries()} == {("waiting", True)}
    )
    shop.change(ledger)
    act(shop, resume, shop.actor, ledger)
    assert shop.settle() == {("done", ""): 2}
    assert sorted(shop.there("ledger").values()) == [1, 1]


def test_a_busy_far_side_is_tried_again_but_not_for_ever(shop: Any) -> None:
    export(shop, 1, mood="busy")
    assert shop.settle() == {("attention", "RETRIES_SPENT"): 1}
    [row] = shop.deliveries()
    assert (row.tries, row.in_doubt) == (6, False)
    with shop.session() as session:
        kept = session.scalars(select(DeliveryAttempt.outcome)).all()
    assert kept == ["retry"] * 6


def test_a_long_refusal_rests_the_connection_and_no_other(shop: Any) -> None:
    tired = export(shop, 1, mood="closed for the day")
    shop.wait(lambda: shop.connection(tired).state == "paused")
    shop.wait(lambda: shop.states() == {("waiting", ""): 1})
    export(shop, 2)
    shop.wait(lambda: shop.states() == {("waiting", ""): 1, ("done", ""): 2})
    shop.order(shop.invoices(1), customers=False, destinations=[tired])
    assert len(shop.calls("ledger")) == 1
    shop.change(tired)
    assert act(shop, resume, shop.actor, tired) >= 1
    assert shop.settle() == {("done", ""): 4}


def test_a_connection_that_needs_a_person_stops_and_all_goes_on_afterwards(shop: Any) -> None:
    locked = export(shop, 25, mood="locked")
    assert shop.settle() == {("attention", "RECONNECT"): 25}
    assert shop.connection(locked).problem == "the password is wrong"
    shop.order(shop.invoices(1), customers=False, destinations=[locked])
    assert shop.settle() == {("attention", "RECONNECT"): 26}
    with shop.session() as session:
        [cause] = attention(session)
    assert (cause.code, cause.deliveries, cause.connection_id) == ("RECONNECT", 26, locked)
    shop.change(locked)
    act(shop, resume, shop.actor, locked)
    assert shop.settle() == {("done", ""): 26}
    assert sorted(shop.there("ledger").values()) == [1] * 26


def test_a_plugin_that_keeps_breaking_rests_for_this_tenant_only(shop: Any, new_shop: Any) -> None:
    broken = export(shop, 40, mood="broken")
    shop.wait(lambda: shop.connection(broken).state == "paused")
    assert "in a row" in shop.connection(broken).problem
    other = new_shop(shop.works)
    export(other, 1)
    assert other.settle() == {("done", ""): 1}
    assert "attention" not in {state for state, _ in shop.states()}


def test_pending_deliveries_end_by_a_later_confirmation(shop: Any) -> None:
    export(shop, 2, mood="slow answer")
    shop.wait(lambda: shop.states() == {("pending", ""): 2})
    first, second = shop.deliveries()
    act(shop, confirm, first.id, outcome=Outcome.CREATED, reference="TXN-1")
    act(shop, confirm, second.id, outcome=Outcome.REJECTED, message="closed period")
    assert shop.states() == {("done", ""): 1, ("rejected", "REJECTED"): 1}
    assert shop.facts() == {"exported": 1}
    with pytest.raises(Conflict) as caught:
        act(shop, confirm, first.id, outcome=Outcome.CREATED)
    assert caught.value.code == "NOT_PENDING"


def test_a_file_that_cannot_be_made_holds_exactly_its_deliveries(shop: Any) -> None:
    shop.connect("delivery", "post")
    ledger = shop.connect("destination", "ledger")
    ids = shop.invoices(3)
    letter = next(c.id for c in shop.connections() if c.key == "letter")
    shop.change(letter, odd=shop.number(ids[1]))
    shop.order(ids, destinations=[ledger])
    assert shop.settle() == {("done", ""): 5, ("attention", "RENDER_FAILED"): 1}
    shop.change(letter)
    act(shop, retry, shop.actor, code="RENDER_FAILED")
    assert shop.settle() == {("done", ""): 6}


def test_what_a_channel_objects_to_is_never_sent(shop: Any) -> None:
    ledger = shop.connect("destination", "ledger")
    ids = shop.invoices(3)
    shop.change(ledger, odd=f"!{shop.number(ids[0])}")
    shop.order(ids, customers=False, destinations=[ledger])
    assert shop.settle() == {("done", ""): 2, ("attention", "ACCOUNT_MISSING"): 1}
    assert len(shop.there("ledger")) == 2
    with shop.session() as session:
        [cause] = attention(session)
    assert cause.text == "No account. Map it."


def test_a_plugin_switched_off_in_between_is_not_called_any_more(shop: Any) -> None:
    ledger = export(shop, 3, mood="closed for the day")
    shop.wait(lambda: {row.tries for row in shop.deliveries()} == {1})
    shop.wait(lambda: shop.connection(ledger).state == "paused")
    with shop.session() as session:
        host = shop.works.desk.connections.host
        set_enabled(session, shop.actor, host, "faraway", enabled=False)
    act(shop, resume, shop.actor, ledger)
    assert shop.settle() == {("attention", "PLUGIN_DISABLED"): 3}
    shop.change(ledger)
    with shop.session() as session:
        set_enabled(session, shop.actor, host, "faraway", enabled=True)
    act(shop, retry, shop.actor, code="PLUGIN_DISABLED")
    assert shop.settle() == {("done", ""): 3}


def test_a_doubt_survives_a_disabled_connection(shop: Any) -> None:
    ledger = export(shop, 2, mood="mute")
    shop.wait(lambda: bool(shop.there("ledger")))
    with shop.session() as session:
        disable(session, shop.actor, shop.works.desk.connections, ledger)
    shop.settle()
    shop.change(ledger)
    act(shop, resume, shop.actor, ledger)
    assert shop.settle() == {("done", ""): 2}
    assert sorted(shop.there("ledger").values()) == [1, 1]


def test_mail_without_an_answer_is_for_a_person_to_judge(shop: Any) -> None:
    shop.connect("delivery", "post", mood="mute")
    ids = shop.invoices(2)
    shop.order(ids)
    assert shop.settle() == {("unknown", "UNKNOWN"): 2}
    assert shop.facts() == {}
    arrived, lost = (row.id for row in shop.deliveries())
    clerk = Actor("clerk@example.com", shop.actor.rights)
    act(shop, resolve_unknown, clerk, arrived, "arrived")
    assert shop.facts() == {"emailed": 1}
    assert shop.fact_actors() == {"clerk@example.com"}
    post = next(c.id for c in shop.connections() if c.key == "post")
    shop.change(post)
    act(shop, resolve_unknown, clerk, lost, "resend")
    assert shop.settle() == {("done", ""): 2}
    assert sorted(shop.there("post").values()) == [1, 2]
    with pytest.raises(Conflict) as caught:
        act(shop, resolve_unknown, clerk, lost, "resend")
    assert caught.value.code == "NOT_UNKNOWN"


def test_a_stranger_cannot_touch_a_delivery(shop: Any, new_shop: Any) -> None:
    shop.connect("delivery", "post", mood="mute")
    shop.order(shop.invoices(1))
    shop.settle()
    [row] = shop.deliveries()
    with pytest.raises(NotFound):
        act(new_shop(shop.works), resolve_unknown, shop.actor, row.id, "arrived")
    assert shop.states() == {("unknown", "UNKNOWN"): 1}


def test_what_was_cancelled_never_goes_once_the_invoice_is_voided(shop: Any) -> None:
    ledger = shop.connect("destination", "ledger")
    [id_] = shop.invoices(1)
    shop.change(ledger, odd=shop.number(id_))
    shop.order([id_], customers=False, destinations=[ledger])
    assert shop.settle() == {("rejected", "REJECTED"): 1}
    with shop.session() as session:
        void_invoice(session, id_, reason="Mistake", actor=shop.actor)
    shop.change(ledger)
    [row] = shop.deliveries()
    assert act(shop, retry, shop.actor, delivery_ids=[row.id]) == 0
    assert shop.settle() == {("skipped", "CANCELLED"): 1}


def test_cancelling_stops_what_did_not_leave(shop: Any) -> None:
    ledger = export(shop, 3, mood="closed for the day")
    shop.wait(lambda: shop.connection(ledger).state == "paused")
    shop.wait(lambda: shop.states() == {("waiting", ""): 3})
    ids = [row.id for row in shop.deliveries()]
    with shop.session() as session:
        assert cancel(session, shop.actor, delivery_ids=ids[:2]) == 2
    shop.change(ledger)
    act(shop, resume, shop.actor, ledger)
    assert shop.settle() == {("done", ""): 1, ("skipped", "CANCELLED"): 2}
    act(shop, retry, shop.actor, delivery_ids=ids[:1])
    assert shop.settle() == {("done", ""): 2, ("skipped", "CANCELLED"): 1}


def test_what_planning_held_back_is_planned_anew(shop: Any) -> None:
    shop.connect("delivery", "post")
    [id_] = shop.invoices(1, email="")
    [no_method] = shop.invoices(1, delivery_mode="")
    shop.order([id_, no_method])
    assert shop.settle() == {("attention", "NO_EMAIL"): 1, ("attention", "NO_METHOD"): 1}
    shop.customers(email="new@example.com", delivery_mode="pdf_email")
    assert act(shop, retry, shop.actor) == 2
    assert shop.settle() == {("done", ""): 2}
    assert {row.recipient for row in shop.deliveries()} == {"new@example.com"}


def test_progress_counts_our_own_rows(shop: Any) -> None:
    ledger = shop.connect("destination", "ledger")
    ids = shop.invoices(4)
    shop.change(ledger, odd=shop.number(ids[0]))
    ordered = shop.order(ids, customers=False, destinations=[ledger])
    shop.settle()
    with shop.session() as session:
        found = progress(session, order_id=ordered.order_id)
    assert (found.total, found.done, found.moving, found.stuck) == (4, 3, 0, 1)


def test_plugins_hear_of_changes_after_the_commit_and_cannot_stop_anything(shop: Any) -> None:
    export(shop, 3)
    shop.settle()
    slug = f"tenant-{shop.tenant_id}"
    shop.wait(lambda: len(shop.works.heard(slug)) == 3)
    assert {(line["before"], line["after"]) for line in shop.works.heard(slug)} == {
        ("draft", "exported")
    }
    shop.wait(lambda: shop.notices() == 0)
    assert len(shop.works.heard(slug, "grumbled")) == 3  # it failed each time, to no effect


def test_a_plugin_that_is_switched_off_hears_nothing(shop: Any) -> None:
    with shop.session() as session:
        host = shop.works.desk.connections.host
        set_enabled(session, shop.actor, host, "grumpy", enabled=False)
    export(shop, 2)
    shop.settle()
    slug = f"tenant-{shop.tenant_id}"
    shop.wait(lambda: len(shop.works.heard(slug)) == 2)
    shop.wait(lambda: shop.notices() == 0)
    assert shop.works.heard(slug, "grumbled") == []


def test_a_plugin_that_breaks_and_is_then_switched_off_leaves_its_doubts(shop: Any) -> None:
    ledger = export(shop, 2, mood="broken")
    shop.wait(lambda: shop.connection(ledger).failures > 0)
    with shop.session() as session:
        host = shop.works.desk.connections.host
        set_enabled(session, shop.actor, host, "faraway", enabled=False)
        set_ok(session, ledger)
    act(shop, resume, shop.actor, ledger)
    assert shop.settle() == {("attention", "PLUGIN_DISABLED"): 2}
    assert {row.in_doubt for row in shop.deliveries()} == {True}
    assert shop.facts() == {}


def test_checking_a_connection_writes_its_state(shop: Any) -> None:
    ledger = shop.connect("destination", "ledger")
    with shop.session() as session:
        session.execute(
            update(Connection)
            .where(Connection.id == ledger)
            .values(state="reconnect", problem="old trouble")
        )
    desk = shop.works.desk
    assert check(desk.database, desk.connections, shop.tenant_id, ledger) == ""
    assert shop.connection(ledger).state == "ok"


def test_the_waits_between_tries_double_up_to_a_limit(shop: Any) -> None:
    pace = shop.works.desk.pace
    waits = [pace.wait(tries) for tries in (1, 2, 3, 50)]
    assert waits == [timedelta(seconds=s) for s in (0.2, 0.4, 0.8, 2)]
