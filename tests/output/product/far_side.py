"""The far side: its own books are the judge of what really arrived.

It keeps one line per document that reached it. It ignores idempotency keys, and its moods are
settings of the connection.
"""

import os
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from tests.output.product.books import Books

from bordereau.contract import (
    ActionRequired,
    Config,
    Consignment,
    DeliveryResult,
    Outcome,
    Rejected,
    Retryable,
)
from bordereau.work import reach


class Mood(Config):
    """How the far side behaves.

    Attributes:
        folder: where its books are.
        mood: what it does with everything it is given.
        lose_every: it loses every n-th answer after the documents have arrived; 0 for never.
        refuse_every: it refuses every n-th call before anything arrived; 0 for never.
        odd: the number it rejects, or for which nothing can be rendered.

    """

    folder: str
    mood: str = "kind"
    lose_every: int = 0
    refuse_every: int = 0
    slow: float = 0.0
    odd: str = ""


class FarSide:
    """One far side with its books."""

    def __init__(self, name: str, settings: Mood) -> None:
        self.settings = settings
        self.books = Books(settings.folder, name)
        self._calls = Books(settings.folder, f"{name}-calls")

    def take(self, consignment: Consignment) -> Iterator[DeliveryResult]:
        """Take documents in one by one, so that a killed caller leaves half of them there."""
        settings = self.settings
        self._raise_by_mood(consignment)
        call = self._calls.write(
            key=consignment.request_key,
            attempt=consignment.attempt,
            items=[item.delivery_id for item in consignment.items],
        )
        if settings.refuse_every and call % settings.refuse_every == 0:
            raise Retryable("too many calls", after=timedelta(seconds=0.3))
        for item in consignment.items:
            time.sleep(settings.slow)
            if settings.odd and item.document.number == settings.odd:
                yield DeliveryResult(
                    delivery_id=item.delivery_id,
                    outcome=Outcome.REJECTED,
                    message="we do not like it",
                )
                continue
            self.books.write(
                delivery=item.delivery_id,
                number=item.document.number,
                media=[artifact.media_type for artifact in item.artifacts],
            )
            reach("in-call")
            if settings.lose_every and call % settings.lose_every == 0:
                continue
            if settings.mood in ("mute", "blind"):
                continue
            garbled = "\0\ud800" if settings.mood == "garbled" else ""
            outcome = Outcome.PENDING if settings.mood == "slow answer" else Outcome.CREATED
            yield DeliveryResult(
                delivery_id=item.delivery_id,
                outcome=outcome,
                reference=f"there/{item.document.number}{garbled}",
                message=f"thank you{garbled}",
            )

    def _raise_by_mood(self, consignment: Consignment) -> None:
        match self.settings.mood:
            case "busy":
                raise Retryable("come again")
            case "closed for the day":
                raise Retryable("come tomorrow", after=timedelta(hours=6))
            case "locked":
                raise ActionRequired("the password is wrong")
            case "hostile":
                raise Rejected("never")
            case "broken":
                raise RuntimeError(f"a bug with {consignment.items[0].document.buyer.name}")
            case "stuck":
                while not (Path(self.settings.folder) / "go").exists():
                    time.sleep(0.05)
            case "lost":
                for item in consignment.items:
                    self.books.write(delivery=item.delivery_id, number=item.document.number)
                os._exit(9)
