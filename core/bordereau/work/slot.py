"""Worker slots: a small number that exactly one living worker of this database owns.

The engine gives unfinished work back to a worker that starts under the name of the dead one. So a
worker's name must survive it and must never be worn twice. An advisory lock does both: PostgreSQL
frees it in the moment its owner dies, and the next worker to start takes the lowest free number.
"""

import logging
import os
import select
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

import psycopg

from bordereau.errors import SetupError
from bordereau.store.roles import plain_url

LOCK_SPACE = 7331  # the first half of the advisory lock's key; the slot's number is the second
MAX_SLOTS = 64
EXIT_LOCK_LOST = 70
PING_SECONDS = 0.5
LEASE_SECONDS = 1.0  # a worker that lost its lock is gone by then

log = logging.getLogger(__name__)


def leave_at_once() -> None:
    """End this process: another worker may own our slot, and our work, by now."""
    log.critical("the connection that holds the worker slot is lost; leaving")
    os._exit(EXIT_LOCK_LOST)


class Slot:
    """A slot that this process owns until `release` or death."""

    def __init__(self, number: int, connection: psycopg.Connection) -> None:
        self.number = number
        self._connection = connection
        self._released = threading.Event()
        self._watchdog: threading.Thread | None = None

    @property
    def name(self) -> str:
        """The name under which the engine keeps this worker's unfinished work."""
        return slot_name(self.number)

    def watch(self, on_lost: Callable[[], None] = leave_at_once) -> None:
        """Start watching whether the lock's connection still lives."""
        self._watchdog = threading.Thread(
            target=self._ping, args=(on_lost,), name="slot-watchdog", daemon=True
        )
        self._watchdog.start()

    def _ping(self, on_lost: Callable[[], None]) -> None:
        while not self._released.is_set():
            try:
                # A server that hangs up is heard at once, a silent network by asking.
                select.select([self._connection.fileno()], [], [], PING_SECONDS)
                self._connection.execute("select 1")
            except psycopg.Error:
                on_lost()
                return

    def release(self) -> None:
        """Give the slot back; its work must have ended."""
        self._released.set()
        if self._watchdog is not None:
            self._watchdog.join()
        with suppress(psycopg.Error):  # a broken connection has no lock to give back
            self._connection.execute("select pg_advisory_unlock(%s, %s)", (LOCK_SPACE, self.number))
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def slot_name(number: int) -> str:
    """Name a slot as the engine knows it, for example `slot-3`."""
    return f"slot-{number}"


def slot_number(name: str | None) -> int | None:
    """Read a name written by `slot_name`; None for anything else."""
    head, _, digits = (name or "").partition("-")
    return int(digits) if head == "slot" and digits.isdecimal() else None


def claim_slot(url: str) -> Slot:
    """Take the lowest free slot of the database at `url`.

    The connection must reach the server itself: a proxy that shares connections between
    transactions would lose the lock.

    Raises:
        SetupError: the database cannot be reached, or all slots are taken.

    """
    connection = _dial(url)
    for number in range(1, MAX_SLOTS + 1):
        if _try_lock(connection, number):
            return Slot(number, connection)
    connection.close()
    raise SetupError(
        "NO_WORKER_SLOT",
        f"All {MAX_SLOTS} worker slots of this database are taken.",
        hint="Stop workers that are no longer needed.",
    )


def claim_abandoned(url: str, number: int) -> Slot | None:
    """Take one given slot, or None when a living worker owns it."""
    connection = _dial(url)
    if _try_lock(connection, number):
        return Slot(number, connection)
    connection.close()
    return None


def _dial(url: str) -> psycopg.Connection:
    try:
        return psycopg.connect(
            plain_url(url),
            autocommit=True,
            application_name="bordereau-slot",
            connect_timeout=10,
            # A silent network must not look like a living connection for more than ten seconds.
            keepalives_idle=4,
            keepalives_interval=2,
            keepalives_count=3,
            tcp_user_timeout=8000,
        )
    except psycopg.OperationalError as error:
        raise SetupError(
            "DATABASE_UNREACHABLE",
            "The database does not answer.",
            hint="Check that PostgreSQL runs and that the database's address is right.",
        ) from error


def _try_lock(connection: psycopg.Connection, number: int) -> bool:
    row = connection.execute("select pg_try_advisory_lock(%s, %s)", (LOCK_SPACE, number)).fetchone()
    return row is not None and bool(row[0])
