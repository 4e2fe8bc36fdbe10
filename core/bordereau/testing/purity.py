"""Guards that refuse the network and the disk while a pure method runs.

They listen to the interpreter's audit events (PEP 578), so they also see what libraries do, and
what other threads do in the meantime. An audit hook cannot be taken away; ours sleeps outside.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

_NETWORK = frozenset(
    {
        "socket.bind",
        "socket.connect",
        "socket.getaddrinfo",
        "socket.gethostbyaddr",
        "socket.gethostbyname",
        "socket.sendmsg",
        "socket.sendto",
    }
)
_DISK = frozenset({"os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink"})
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

_refused: set[str] = set()


class ImpureError(AssertionError):
    """Raised inside a method that must be pure when it reaches for the network or the disk."""


@contextmanager
def no_network() -> Iterator[None]:
    """Refuse every connection and name look-up of this process."""
    with _refuse(_NETWORK):
        yield


@contextmanager
def no_network_no_disk() -> Iterator[None]:
    """Refuse the network and every change on disk; files may be read."""
    with _refuse(_NETWORK | _DISK | {"open"}):
        yield


@contextmanager
def _refuse(events: frozenset[str]) -> Iterator[None]:
    _listen()
    _refused.update(events)
    try:
        yield
    finally:
        _refused.clear()


@cache
def _listen() -> None:
    sys.addaudithook(_hear)


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in _refused:
        return
    touched = str(arguments[0]) if arguments else ""
    if "__pycache__" in touched:  # a late import stores its bytecode
        return
    if event == "open" and not _is_write(arguments):
        return
    raise ImpureError(f"A pure method did {event} {arguments[:2]!r}.")


def _is_write(arguments: tuple[Any, ...]) -> bool:
    _, mode, flags = arguments
    return any(letter in (mode or "") for letter in "wax+") or bool(flags & _WRITES)
