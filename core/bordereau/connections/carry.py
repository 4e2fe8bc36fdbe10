"""Carry a consignment through a channel: one result per item, whatever the plugin does."""

import logging
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, SecretBytes, SecretStr

from bordereau.contract import (
    ActionRequired,
    AnyChannel,
    Consignment,
    Delivery,
    DeliveryResult,
    Outcome,
    Rejected,
    Retryable,
)

log = logging.getLogger(__name__)

_SILENT = DeliveryResult(
    delivery_id="",
    outcome=Outcome.UNKNOWN,
    message="The channel gave no answer for this document; it may have arrived.",
)


def carry(channel: AnyChannel, consignment: Consignment) -> Iterator[DeliveryResult]:
    """Yield exactly one result per item, in the order in which they become known.

    Items that the channel leaves without an answer are settled by what it raised: `Retryable` and
    `ActionRequired` mean RETRY, `Rejected` means REJECTED, anything else, or nothing, UNKNOWN.
    Secrets of the channel's settings are cut out of all texts.
    """
    call = channel.deliver if isinstance(channel, Delivery) else channel.export
    hide = _hider(channel)
    waiting = dict.fromkeys(item.delivery_id for item in consignment.items)
    rest = _SILENT
    try:
        for result in _answers(call(consignment)):
            if _answers_for(result, waiting):
                del waiting[result.delivery_id]
                yield _without_secrets(result, hide)
            else:
                log.warning("%s gave an answer nobody asked for: %s", channel.key, hide(result))
    except Exception as error:  # noqa: BLE001 - whatever a plugin raises settles its items
        log.warning("%s failed: %s", channel.key, hide("".join(traceback.format_exception(error))))
        rest = _without_secrets(_settle(error), hide)
    yield from (replace(rest, delivery_id=delivery_id) for delivery_id in waiting)


def look_up(channel: AnyChannel, consignment: Consignment) -> dict[str, DeliveryResult]:
    """Ask a channel what earlier attempts left behind, by delivery id.

    An item that is absent is surely not there. If the channel cannot answer, or answers nonsense,
    the item is UNKNOWN: not found must never be guessed.
    """
    hide = _hider(channel)
    asked = dict.fromkeys(item.delivery_id for item in consignment.items)
    try:
        found = dict(channel.find(consignment))
    except Exception as error:  # noqa: BLE001 - whatever a plugin raises, its items stay in doubt
        log.warning("%s failed: %s", channel.key, hide("".join(traceback.format_exception(error))))
        doubt = _without_secrets(_in_doubt(error), hide)
        return {delivery_id: replace(doubt, delivery_id=delivery_id) for delivery_id in asked}
    return {
        delivery_id: _without_secrets(result, hide)
        if _answers_for(result, {delivery_id: None})
        else replace(_SILENT, delivery_id=delivery_id)
        for delivery_id, result in found.items()
        if delivery_id in asked
    }


def _answers(results: object) -> Iterable[Any]:
    """Accept any iterable; a plugin that returned something else answered nothing."""
    if isinstance(results, Iterable) and not isinstance(results, (str, bytes, Mapping)):
        return results
    log.warning("A channel returned %s instead of results.", type(results).__name__)
    return ()


def _answers_for(result: object, waiting: Mapping[str, None]) -> bool:
    """Tell whether this is a sound result for an item that still waits; types are not trusted."""
    if not isinstance(result, DeliveryResult):
        return False
    said: tuple[object, ...] = (result.delivery_id, result.outcome, result.retry_after)
    expected = (str, Outcome, timedelta | None)
    return all(map(isinstance, said, expected)) and result.delivery_id in waiting


def _settle(error: Exception) -> DeliveryResult:
    """Say what an exception means for the items that had no answer yet."""
    said = replace(_SILENT, message=str(error))
    match error:
        case Retryable():
            return replace(said, outcome=Outcome.RETRY, retry_after=error.after)
        case ActionRequired():
            return replace(said, outcome=Outcome.RETRY, needs_attention=True)
        case Rejected():
            return replace(said, outcome=Outcome.REJECTED)
        case _:
            kind = type(error).__name__
            return replace(said, message=f"The channel broke off ({kind}); it may have arrived.")


def _in_doubt(error: Exception) -> DeliveryResult:
    """Say what a failed look-up means: still unknown, with the hint the plugin gave."""
    return replace(
        _SILENT,
        message=f"The look-up failed ({type(error).__name__}).",
        needs_attention=isinstance(error, ActionRequired),
        retry_after=error.after if isinstance(error, Retryable) else None,
    )


def _without_secrets(result: DeliveryResult, hide: Callable[[object], str]) -> DeliveryResult:
    return replace(result, reference=hide(result.reference), message=hide(result.message))


def _hider(channel: AnyChannel) -> Callable[[object], str]:
    """Return a function that writes a value as text with the channel's secrets blotted out."""
    secrets = [secret for secret in _secrets(getattr(channel, "config", None)) if secret]

    def hide(value: object) -> str:
        text = str(value or "")
        for secret in secrets:
            text = text.replace(secret, "•••")
        return text

    return hide


def _secrets(value: object) -> Iterator[str]:
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, SecretBytes):
        yield value.get_secret_value().decode(errors="replace")
    elif isinstance(value, (BaseModel, Mapping)):
        for _, entry in value.items() if isinstance(value, Mapping) else value:
            yield from _secrets(entry)
    elif isinstance(value, (list, tuple)):
        for entry in value:
            yield from _secrets(entry)
