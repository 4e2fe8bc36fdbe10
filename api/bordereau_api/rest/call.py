"""One request: who calls, for which tenant, in which transaction, and whether it came before.

An API key arrives as `Authorization: Bearer bdr_…`. A POST may carry an `Idempotency-Key`: the
first answer is stored in the transaction that does the work, and given again to a repeat.
"""

import json
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from bordereau.errors import Forbidden, Invalid
from bordereau.store import TenantSession
from bordereau.tenancy import Actor, Answer, Right, authenticate, claim, store_answer
from bordereau.values.ids import TenantId
from bordereau_api.wiring import House

bearer = HTTPBearer(
    auto_error=False, description="An API key, `bdr_…`; in the portal a link, `bdp_…`."
)


KEY_HEADER = "Idempotency-Key"


KEY_LENGTH = 255


NO_CONTENT = 204


Work = Callable[[TenantSession], BaseModel]


Status = int | Callable[[], int]


@dataclass(frozen=True, slots=True)
class Call:
    """One request of one actor of one tenant."""

    house: House
    tenant_id: TenantId
    actor: Actor
    route: str
    request_key: str
    body: bytes

    @contextmanager
    def session(self) -> Iterator[TenantSession]:
        """Work in one transaction of the caller's tenant."""
        with self.house.database.tenant(self.tenant_id) as session:
            yield session

    def once(self, work: Work, status: Status = 201, *, hide: Collection[str] = ()) -> Response:
        """Do the work and answer it; a repeat with the same key gets the first answer.

        Args:
            work: does it in the transaction that also keeps the answer.
            status: of the answer, or what tells it once the work is done.
            hide: fields of the answer that are shown this once and never stored.

        """
        with self.session() as session:
            answer = self._before(session)
            if answer is None:
                body = work(session).model_dump(mode="json")
                answer = Answer(status if isinstance(status, int) else status(), body)
                kept = {name: value for name, value in body.items() if name not in hide}
                self._keep(session, answer.status, kept)
        return _written(answer)

    def again(self, work: Callable[[], BaseModel], status: int = 200) -> Response:
        """Do work that is harmless when repeated and that opens transactions of its own.

        A repeat with the same key that comes after the answer gets it; another body is refused.
        """
        body = None if self._known() else work().model_dump(mode="json")
        with self.session() as session:
            answer = self._before(session)
            if answer is None:
                answer = Answer(status, body or {})
                self._keep(session, answer.status, answer.body)
        return _written(answer)

    def _known(self) -> bool:
        """Look whether the request was answered before; the key stays free if it was not."""
        with self.house.database.tenant(self.tenant_id) as session:
            known = self.request_key and self._before(session) is not None
            session.rollback()
        return bool(known)

    def _before(self, session: TenantSession) -> Answer | None:
        if not self.request_key:
            return None
        asked = f"{self.route} by {self.actor.name}"  # nobody gets another person's answer
        return claim(session, self.request_key, asked, self.body)

    def _keep(self, session: TenantSession, status: int, body: dict[str, Any]) -> None:
        if self.request_key:
            store_answer(session, self.request_key, status, body)


def _written(answer: Answer) -> Response:
    text = json.dumps(answer.body, ensure_ascii=False, separators=(",", ":"))
    written = Response(text, answer.status, media_type="application/json")
    if "version" in answer.body:
        tag(written, answer.body["version"])
    return written


async def _raw_body(request: Request) -> bytes:
    return await request.body()


def call(
    request: Request,
    body: Annotated[bytes, Depends(_raw_body)],
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
) -> Call:
    """Say who calls.

    Raises:
        HTTPException: 401 without a valid key.
        Invalid: IDEMPOTENCY_KEY_INVALID.

    """
    house: House = request.app.state.house
    try:
        text = credentials.credentials if credentials else ""
        tenant_id, actor = authenticate(house.database, text)
    except Forbidden as refusal:
        raise HTTPException(401, refusal.message, {"WWW-Authenticate": "Bearer"}) from refusal
    key = request.headers.get(KEY_HEADER, "") if request.method == "POST" else ""
    if len(key) > KEY_LENGTH or not key.isprintable():
        raise Invalid(
            "IDEMPOTENCY_KEY_INVALID",
            f"An idempotency key has at most {KEY_LENGTH} printable characters.",
            where="",
        )
    route = f"{request.method} {request.url.path}?{request.url.query}"
    return Call(house, tenant_id, actor, route, key, body)


Caller = Annotated[Call, Depends(call)]


@dataclass(frozen=True, slots=True)
class Needs:
    """A dependency that lets a call through that has a right; the rooms check it again."""

    right: Right

    def __call__(self, caller: Caller) -> Call:
        """Let the call through.

        Raises:
            Forbidden: RIGHT_MISSING.

        """
        caller.actor.must(self.right)
        return caller


Reader = Annotated[Call, Depends(Needs(Right.READ))]


Administrator = Annotated[Call, Depends(Needs(Right.ADMINISTER))]


def tag(response: Response, version: int) -> None:
    """Put the version of what is answered into the header `ETag`."""
    response.headers["ETag"] = f'"{version}"'
