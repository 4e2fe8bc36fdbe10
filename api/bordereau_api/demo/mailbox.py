"""A real SMTP server on this machine that keeps every message as it was received."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from bordereau.contract import safe_name
from bordereau.errors import SetupError

HOST = "127.0.0.1"


class _Keeper:
    """Writes each message to the folder as `<n>-<recipient>.eml`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)

    async def handle_DATA(self, _server: object, _session: object, envelope: object) -> str:  # noqa: N802 - the server's name for it
        recipient = safe_name(str(envelope.rcpt_tos[0]))  # type: ignore[attr-defined]
        name = f"{next(self._numbers):03d}-{recipient}.eml"
        (self._folder / name).write_bytes(envelope.original_content)  # type: ignore[attr-defined]
        return "250 Kept"


@contextmanager
def mailbox(folder: Path) -> Iterator[int]:
    """Receive mail into `folder` while the block runs; gives the port.

    Raises:
        SetupError: the extra `demo` is not installed.

    """
    try:
        from aiosmtpd.controller import Controller  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise SetupError(
            "EXTRA_MISSING",
            "The demonstration needs a mail server to send to.",
            hint="Install bordereau[demo].",
        ) from error

    class OnAnyPort(Controller):
        """Listens on a port that the system chooses."""

        def _trigger_server(self) -> None:
            assert isinstance(self.server, asyncio.Server)  # noqa: S101 - it was made just before
            self.port = self.server.sockets[0].getsockname()[1]
            super()._trigger_server()  # type: ignore[no-untyped-call]  # the library has no types

    controller = OnAnyPort(_Keeper(folder), hostname=HOST, port=0)
    controller.start()
    try:
        yield int(controller.port)
    finally:
        controller.stop()
