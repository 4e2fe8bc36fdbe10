"""What surrounds every request: its id, its size, the headers of every answer, a last catch.

Written as plain ASGI, so that nothing escapes it: also an answer to an unforeseen error has them.
"""

import logging
import re
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bordereau.values.ids import public_id, uuid7
from bordereau_api.rest.problems import problem

BODY_BYTES = 64 * 1024 * 1024
REQUEST_ID = "X-Request-Id"
# A page or file that needs another value sets its own.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
HTTPS_ONLY = "max-age=31536000; includeSubDomains"

_GIVEN_ID = re.compile(r"[A-Za-z0-9_.-]{1,80}")
log = logging.getLogger(__name__)


class Frame:
    """Give a request its id, bound its body, and put the common headers on its answer."""

    def __init__(self, app: ASGIApp, body_bytes: int = BODY_BYTES) -> None:
        self.app = app
        self.body_bytes = body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        sent = Headers(scope=scope)
        request_id = _request_id(sent.get(REQUEST_ID, ""))
        scope.setdefault("state", {})["request_id"] = request_id
        answer = _Answer(send, request_id, https=scope["scheme"] == "https")
        if _announced(sent) > self.body_bytes:
            too_long = problem(413, "BODY_TOO_LONG", self._too_long(), request_id=request_id)
            await too_long(scope, receive, answer)
            return
        try:
            await self.app(scope, self._bounded(receive), answer)
        except Exception:  # the last catch: whatever it is, the caller gets an answer
            log.exception("%s %s failed (%s)", scope["method"], scope["path"], request_id)
            if answer.started:
                raise
            said = "Something went wrong on our side."
            failed = problem(500, "UNFORESEEN", said, request_id=request_id)
            await failed(scope, receive, answer)

    def _bounded(self, receive: Receive) -> Receive:
        read = 0

        async def bounded() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self.body_bytes:
                raise HTTPException(413, self._too_long())
            return message

        return bounded

    def _too_long(self) -> str:
        return f"A request body may have {self.body_bytes} bytes."


class _Answer:
    """Sends an answer on, with the common headers."""

    def __init__(self, send: Send, request_id: str, *, https: bool) -> None:
        self._send, self._request_id, self._https = send, request_id, https
        self.started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            if self._https:
                headers.setdefault("Strict-Transport-Security", HTTPS_ONLY)
            headers[REQUEST_ID] = self._request_id
        await self._send(message)


def _request_id(given: str) -> str:
    """Keep the id that a proxy gave, so that logs can be joined."""
    return given if _GIVEN_ID.fullmatch(given) else public_id("req", uuid7())


def _announced(sent: Any) -> int:
    length = sent.get("content-length", "")
    return int(length) if length.isascii() and length.isdecimal() else 0
