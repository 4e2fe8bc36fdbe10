"""One request: who calls, for which tenant, in which transaction, and whether it came before.

An API key arrives as `Authorization: Bearer bdr_…`. A POST may carry an `Idempotency-Key`: the
first answer is stored in the transaction that does the work, and given again to a repeat.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from bordereau.errors import Forbidden
from bordereau.store import TenantSession
from bordereau.tenancy import Actor, Answer, authenticate, claim, store_answer
from bordereau.values.ids import TenantId
from bordereau_api.wiring import House

bearer = HTTPBearer(auto_error=False, description="An API key, `bdr_…`.")
KEY_LENGTH = 255
BODY_BYTES = 64 * 1024 * 1024


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

    def once(self, work: Callable[[TenantSession], BaseModel], status: int = 201) -> Response:
        """Do the work and answer it; a repeat with the same key gets the first answer."""
        with self.session() as session:
            answer = self._before(session)
            if answer is None:
                body = work(session).model_dump(mode="json")
                answer = Answer(status, body)
                if self.request_key:
                    store_answer(session, self.request_key, status, body)
        return _written(answer)

    def _before(self, session: TenantSession) -> Answer | None:
        if not self.request_key:
            return None
        return claim(session, self.request_key, self.route, self.body)


def _written(answer: Answer) -> Response:
    text = json.dumps(answer.body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, answer.status, media_type="application/json")


async def raw_body(request: Request) -> bytes:
    """Read the body as it was sent, at most `BODY_BYTES` of it.

    Raises:
        HTTPException: 413, it is longer.

    """
    body = await request.body()
    if len(body) > BODY_BYTES:
        raise HTTPException(413, f"A request body may have {BODY_BYTES} bytes.")
    return body


def call(
    request: Request,
    body: Annotated[bytes, Depends(raw_body)],
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
    idempotency_key: Annotated[str, Header(max_length=KEY_LENGTH)] = "",
) -> Call:
    """Say who calls.

    Raises:
        HTTPException: 401 without a valid key.

    """
    house: House = request.app.state.house
    try:
        text = credentials.credentials if credentials else ""
        tenant_id, actor = authenticate(house.database, text)
    except Forbidden as refusal:
        raise HTTPException(401, refusal.message, {"WWW-Authenticate": "Bearer"}) from refusal
    return Call(
        house, tenant_id, actor, f"{request.method} {request.url.path}", idempotency_key, body
    )


Caller = Annotated[Call, Depends(call)]
