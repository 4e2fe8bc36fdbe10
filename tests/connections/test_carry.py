"""Carrying: exactly one result per item, whatever the plugin does."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.connections.scripted import Export, Scripted, created

from bordereau.connections.carry import carry
from bordereau.contract import (
    ActionRequired,
    Consignment,
    Context,
    DeliveryResult,
    Outcome,
    Rejected,
    Retryable,
)


@pytest.fixture
def outcomes(
    bordereau_context: Context, bordereau_consignment: Consignment
) -> Callable[[Export], list[Outcome]]:
    """Carry three items by a script; return their outcomes in order, one each."""

    def run(script: Export) -> list[Outcome]:
        results = list(carry(Scripted(bordereau_context, script), bordereau_consignment))
        by_id = {result.delivery_id: result.outcome for result in results}
        assert len(results) == len(by_id) == len(bordereau_consignment.items)
        return [by_id[item.delivery_id] for item in bordereau_consignment.items]

    return run


def test_results_come_as_they_become_known(
    bordereau_context: Context, bordereau_consignment: Consignment
) -> None:
    told = []

    def script(consignment: Consignment) -> Iterator[DeliveryResult]:
        for item in reversed(consignment.items):
            told.append(item.delivery_id)
            yield created(item)

    results = carry(Scripted(bordereau_context, script), bordereau_consignment)
    assert next(results).delivery_id == bordereau_consignment.items[-1].delivery_id
    assert len(told) == 1
    assert len(list(results)) == 2


def altered(**changes: Any) -> Export:
    """Return a script whose answers have fields of the wrong type or value."""
    return lambda consignment: [replace(created(item), **changes) for item in consignment.items]


@pytest.mark.parametrize(
    "script",
    [
        lambda _: (),
        lambda _: None,
        lambda _: 42,
        lambda _: "created",
        lambda consignment: {item.delivery_id: created(item) for item in consignment.items},
        lambda consignment: [item.delivery_id for item in consignment.items],
        lambda consignment: [(item.delivery_id, "created") for item in consignment.items],
        altered(outcome="created"),
        altered(delivery_id=[]),
        altered(delivery_id="dlv_stranger"),
        altered(retry_after=5),
    ],
)
def test_no_answer_or_nonsense_is_unknown(
    outcomes: Callable[[Export], list[Outcome]], script: Export
) -> None:
    assert outcomes(script) == [Outcome.UNKNOWN] * 3


def test_only_the_first_answer_counts_and_strangers_are_ignored(
    outcomes: Callable[[Export], list[Outcome]], caplog: pytest.LogCaptureFixture
) -> None:
    def script(consignment: Consignment) -> Iterator[DeliveryResult]:
        first, second, third = consignment.items
        yield replace(created(first), outcome=Outcome.REJECTED)
        yield created(first)
        yield DeliveryResult(delivery_id="dlv_stranger", outcome=Outcome.CREATED)
        yield created(second)
        yield created(third)

    assert outcomes(script) == [Outcome.REJECTED, Outcome.CREATED, Outcome.CREATED]
    assert caplog.text.count("an answer nobody asked for") == 2


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (Retryable("busy", after=timedelta(minutes=5)), Outcome.RETRY),
        (ActionRequired("log in again"), Outcome.RETRY),
        (Rejected("closed period"), Outcome.REJECTED),
        (ConnectionResetError("reset"), Outcome.UNKNOWN),
        (ValueError("bug"), Outcome.UNKNOWN),
        (StopIteration(), Outcome.UNKNOWN),
        (RecursionError(), Outcome.UNKNOWN),
    ],
)
def test_an_exception_settles_only_the_items_without_an_answer(
    outcomes: Callable[[Export], list[Outcome]], error: Exception, outcome: Outcome
) -> None:
    def dies_late(consignment: Consignment) -> Iterator[DeliveryResult]:
        yield created(consignment.items[0])
        raise error

    def dies_at_once(_: Consignment) -> Iterator[DeliveryResult]:
        raise error

    assert outcomes(dies_late) == [Outcome.CREATED, outcome, outcome]
    assert outcomes(dies_at_once) == [outcome] * 3


def test_what_was_raised_says_how_to_go_on(
    bordereau_context: Context, bordereau_consignment: Consignment
) -> None:
    def first(error: Exception) -> DeliveryResult:
        def script(_: Consignment) -> Iterator[DeliveryResult]:
            raise error

        return next(carry(Scripted(bordereau_context, script), bordereau_consignment))

    busy = first(Retryable("busy", after=timedelta(minutes=5)))
    assert (busy.message, busy.retry_after) == ("busy", timedelta(minutes=5))
    stuck = first(ActionRequired("Log in again."))
    assert (stuck.message, stuck.needs_attention) == ("Log in again.", True)
    assert first(ValueError("bug")).message == (
        "The channel broke off (ValueError); it may have arrived."
    )


def test_secrets_are_blotted_out_of_results_and_logs(
    bordereau_context: Context,
    bordereau_consignment: Consignment,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)

    def script(consignment: Consignment) -> Iterator[DeliveryResult]:
        item = consignment.items[0]
        secret = "token=t0p-s3cret"  # noqa: S105 - a test
        yield replace(created(item), message=secret, reference=secret)
        yield replace(created(item), message=secret)
        raise ConnectionError(secret)

    results = list(carry(Scripted(bordereau_context, script), bordereau_consignment))
    assert results[0].message == results[0].reference == "token=•••"
    assert "t0p-s3cret" not in repr(results) + caplog.text
    assert "ConnectionError: token=•••" in caplog.text


def test_an_interrupt_is_not_swallowed(
    bordereau_context: Context, bordereau_consignment: Consignment
) -> None:
    def script(_: Consignment) -> Iterator[DeliveryResult]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(carry(Scripted(bordereau_context, script), bordereau_consignment))
