"""A worker: one process, or one part of a process, that runs work in a slot of its own."""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bordereau.work.engine import Engine
from bordereau.work.slot import LEASE_SECONDS, Slot, claim_slot

DRAIN_SECONDS = 30
EXIT_UNDRAINED = 75

# The supervisor names itself here, so that its workers do not outlive it.
SUPERVISOR_VARIABLE = "BORDEREAU_SUPERVISOR"

log = logging.getLogger(__name__)


def start_worker(engine: Engine) -> Slot:
    """Claim a slot and begin to run work; the process leaves at once if it loses the slot.

    Raises:
        SetupError: the database cannot be reached, or all slots are taken.

    """
    slot = claim_slot(engine.database.app_url)
    try:
        slot.watch()
        if engine.client.running(slot.name):
            time.sleep(LEASE_SECONDS)  # its last owner may be about to leave and still at it
        engine.launch(slot)
    except BaseException:
        slot.release()
        raise
    log.info("working in %s", slot.name)
    return slot


def stop_worker(engine: Engine, slot: Slot, drain_seconds: int = DRAIN_SECONDS) -> bool:
    """Take no more work, let what runs end, and give the slot back; say whether all ended.

    While something still runs the slot is kept: nobody else may begin that work. It is then free
    when the process ends, which the caller should do soon.
    """
    drained = engine.stop(drain_seconds)
    if drained:
        slot.release()
    else:
        log.warning("work still runs after %s s; the next worker takes it up", drain_seconds)
    return drained


@contextmanager
def working(engine: Engine, drain_seconds: int = DRAIN_SECONDS) -> Iterator[None]:
    """Run work beside whatever else this process does, for API and worker in one.

    Enter it from plain code, before any event loop runs.
    """
    slot = start_worker(engine)
    try:
        yield
    finally:
        stop_worker(engine, slot, drain_seconds)


def run_worker(
    engine: Engine, *, drain_seconds: int = DRAIN_SECONDS, ready: Callable[[], object] | None = None
) -> None:
    """Run work until SIGTERM or SIGINT, then end what has begun and return.

    Call it in the main thread. When work does not end in time the process exits with 75 there and
    then. A worker of a supervisor also stops when its supervisor is gone.

    Raises:
        SetupError: the database cannot be reached, or all slots are taken.

    """
    asked = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked.set())
    slot = start_worker(engine)
    if ready is not None:
        ready()
    supervisor = int(os.environ.get(SUPERVISOR_VARIABLE, "0"))
    while not asked.wait(1.0):
        if supervisor and os.getppid() != supervisor:
            log.warning("the supervisor is gone")
            break
    if not stop_worker(engine, slot, drain_seconds):
        os._exit(EXIT_UNDRAINED)
