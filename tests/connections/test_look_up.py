"""Looking up what an earlier attempt left: found, absent, or not known."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.connections.scripted import Scripted, created

from bordereau.connections.carry import look_up
from bordereau.contract import Consignment, Context, DeliveryResult, Outcome, Retryable


def test_a_look_up_tells_found_from_absent(
    bordereau_context: Context, bordereau_consignment: Consignment
) -> None:
    def script(consignment: Consignment) -> dict[str, Any]:
        first, second, _ = consignment.items
        return {
            first.delivery_id: replace(created(first), outcome=Outcome.ADOPTED),
            second.delivery_id: "nonsense",
            "dlv_stranger": created(first),
        }

    first, second, _ = bordereau_consignment.items
    found = look_up(Scripted(bordereau_context, script), bordereau_consignment)
    assert {key: result.outcome for key, result in found.items()} == {
        first.delivery_id: Outcome.ADOPTED,
        second.delivery_id: Outcome.UNKNOWN,
    }


def test_a_failed_look_up_is_not_an_absence(
    bordereau_context: Context, bordereau_consignment: Consignment
) -> None:
    def script(_: Consignment) -> dict[str, DeliveryResult]:
        raise Retryable("busy", after=timedelta(minutes=5))

    found = look_up(Scripted(bordereau_context, script), bordereau_consignment)
    assert len(found) == 3
    assert {(result.outcome, result.retry_after) for result in found.values()} == {
        (Outcome.UNKNOWN, timedelta(minutes=5))
    }
