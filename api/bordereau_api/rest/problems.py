"""Errors as `application/problem+json` (RFC 9457), the same for every route.

`code` is stable; `hint` says what to do; `errors` points at fields of the request.
"""

import json
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any

from fastapi.responses import Response
from pydantic import BaseModel, Field

from bordereau.catalog import Fault
from bordereau.errors import Conflict, Invalid

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:bordereau:problem:"
REFERENCE = "#/components/schemas/{model}"
ANSWERS: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "The request was not done.",
        "content": {MEDIA_TYPE: {"schema": {"$ref": REFERENCE.format(model="Problem")}}},
    }
}


class FieldError(BaseModel):
    """What is wrong with one field; `pointer` (RFC 6901) or `parameter` says which."""

    pointer: str | None = Field(None, description="The field of the body, as a JSON Pointer.")
    parameter: str | None = Field(None, description="The parameter of the address or header.")
    code: str
    message: str


class Problem(BaseModel):
    """Why a request was not done (RFC 9457)."""

    type: str = Field(description="`urn:bordereau:problem:` and the code.")
    title: str
    status: int
    code: str = Field(description="Stable; programs may rely on it.")
    detail: str
    hint: str | None = Field(None, description="What to do about it.")
    errors: list[FieldError] | None = None
    details: dict[str, Any] | None = Field(None, description="Further facts for programs.")
    instance: str | None = None
    request_id: str | None = None


def problem(status: int, code: str, detail: str, **more: Any) -> Response:
    """Write a problem; `more` adds members such as `hint` or `errors`."""
    body = {
        "type": TYPE + code,
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    } | {name: value for name, value in more.items() if value}
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    # A caller's text may be quoted that is no text, such as half of a surrogate pair.
    return Response(text.encode("utf-8", "backslashreplace"), status, media_type=MEDIA_TYPE)


def refuse_faults(faults: Sequence[Fault]) -> None:
    """Go on only if no record was refused.

    Raises:
        Conflict: the record cannot change now; the fault is about the record as a whole.
        Invalid: a field is wrong; `details["faults"]` has all of them.

    """
    if not faults:
        return
    first = faults[0]
    if first.column in {"code", "key"}:
        raise Conflict(first.code, first.message)
    refusal = Invalid(first.code, first.message, where=first.column)
    refusal.details["faults"] = [
        {"where": one.column, "code": one.code, "message": one.message} for one in faults
    ]
    raise refusal


def pointer(path: Iterable[object]) -> str:
    """Write a path as a JSON Pointer (RFC 6901); an empty one means the whole body."""
    parts = [str(part).replace("~", "~0").replace("/", "~1") for part in path]
    return "".join(f"/{part}" for part in parts if part)
