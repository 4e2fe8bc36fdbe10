"""The engine's own housekeeping: forget old work, hand over the work of dead workers."""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bordereau.work.jobs import Recurring
from bordereau.work.slot import LEASE_SECONDS, claim_abandoned, slot_number

if TYPE_CHECKING:
    from bordereau.work.client import Client

KEEP_WORK = timedelta(days=30)
KEEP_RECURRING = timedelta(days=1)  # one row per tick: a month of them would be the bulk of all

log = logging.getLogger(__name__)


def upkeep(client: "Callable[[], Client]", url: str, recurring: Sequence[str]) -> list[Recurring]:
    """Return the recurring functions that every installation needs."""

    def clean_up(due: datetime) -> None:
        forget(client(), due, [*recurring, *(tick.name for tick in own)])

    def hand_over(_due: datetime) -> None:
        rescue(client(), url)

    own = [
        Recurring(name="forget-ended-work", cron="0 17 * * * *", run=clean_up),
        Recurring(name="rescue-dead-workers", cron="*/30 * * * * *", run=hand_over),
    ]
    return own


def forget(client: "Client", now: datetime, recurring: Sequence[str]) -> int:
    """Delete ended work that nobody will ask about any more; return how many pieces."""
    ticks = client.delete_ended(now - KEEP_RECURRING, recurring)
    return ticks + client.delete_ended(now - KEEP_WORK)


def rescue(client: "Client", url: str) -> int:
    """Hand over what workers left behind that died and were not replaced; return how many pieces.

    A replacement takes back its predecessor's work when it starts. This is for a slot that nobody
    took again, for example because there are fewer workers now. The slot is held meanwhile, so
    that no worker can start under this name.
    """
    count = 0
    for worker in {work.executor_id for work in client.running()}:
        number = slot_number(worker)
        slot = claim_abandoned(url, number) if number else None
        if slot is None:
            continue
        with slot:
            time.sleep(LEASE_SECONDS)
            for work in client.running(worker):
                log.warning("handing over %s, left behind by %s", work.workflow_id, worker)
                client.hand_over(work)
                count += 1
    return count
