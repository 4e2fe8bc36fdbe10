"""Which problem answers which error: ours, of the request, of HTTP, of the database."""

import logging
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import psycopg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from starlette.exceptions import HTTPException

from bordereau.errors import (
    BordereauError,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Refused,
    SetupError,
)
from bordereau_api.rest.problems import pointer, problem

log = logging.getLogger(__name__)


# The first class that matches decides; the order goes from the special to the general.
STATUS_OF: tuple[tuple[type[BordereauError], HTTPStatus], ...] = (
    (NotFound, HTTPStatus.NOT_FOUND),
    (Invalid, HTTPStatus.UNPROCESSABLE_ENTITY),
    (Conflict, HTTPStatus.CONFLICT),
    (Forbidden, HTTPStatus.FORBIDDEN),
    (Refused, HTTPStatus.CONFLICT),
    (SetupError, HTTPStatus.SERVICE_UNAVAILABLE),
    (BordereauError, HTTPStatus.INTERNAL_SERVER_ERROR),
)


# Where HTTP has a more exact word than the class of the error.
STATUS_OF_CODE = {
    "CHANGED_MEANWHILE": HTTPStatus.PRECONDITION_FAILED,
    "STALE_VERSION": HTTPStatus.PRECONDITION_FAILED,
    "IDEMPOTENCY_KEY_REUSED": HTTPStatus.UNPROCESSABLE_ENTITY,
}


def install(app: FastAPI) -> None:
    """Let the app answer every error as a problem."""
    app.add_exception_handler(BordereauError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    # Bulk writing speaks to the driver itself; and some texts have no bytes.
    for kind in (DataError, psycopg.DataError, UnicodeEncodeError):
        app.add_exception_handler(kind, _unstorable)
    for clash in (IntegrityError, psycopg.IntegrityError):
        app.add_exception_handler(clash, _clash)
    app.add_exception_handler(OperationalError, _busy)


def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, BordereauError)  # noqa: S101 - what it is registered for
    by_class = next(status for kind, status in STATUS_OF if isinstance(error, kind))
    status = STATUS_OF_CODE.get(error.code, by_class)
    details = dict(error.details)
    return _answer(
        request,
        status,
        error.code,
        error.message,
        hint=error.hint,
        errors=_pointed(error, details),
        details=details,
    )


def _pointed(error: BordereauError, details: dict[str, Any]) -> list[dict[str, str]]:
    """Take out of the details what is told of single fields."""
    where, faults = details.pop("where", None), details.pop("faults", ())
    fields = details.pop("fields", ())  # of a plugin's settings
    found: Iterable[Mapping[str, str]] = [
        *faults,
        *(one | {"where": f"settings.{one['where']}"} for one in fields),
    ]
    if where is not None and not found:
        found = [{"where": where}]
    return [
        {
            "pointer": pointer(str(one["where"]).split(".")),
            "code": one.get("code", error.code),
            "message": one.get("message", error.message),
        }
        for one in found
    ]


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - what it is registered for
    found = error.errors()
    if any(one["loc"][0] == "path" for one in found):
        return _answer(request, 404, "NOT_FOUND", "There is no such thing.")
    errors = [_of_field(one) for one in found]
    return _answer(request, 422, "INVALID_REQUEST", "The request does not fit.", errors=errors)


def _of_field(found: Mapping[str, Any]) -> dict[str, str]:
    place, *path = found["loc"]
    where = (
        {"pointer": pointer(path)} if place == "body" else {"parameter": ".".join(map(str, path))}
    )
    return where | {"code": str(found["type"]).upper(), "message": str(found["msg"])}


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - what it is registered for
    code = HTTPStatus(error.status_code).name
    answer = _answer(request, error.status_code, code, str(error.detail))
    answer.headers.update(error.headers or {})
    return answer


def _unstorable(request: Request, error: Exception) -> Response:
    """Answer for a value that no field of the database can hold, such as a NUL in a text."""
    log.warning("%s %s: %s", request.method, request.url.path, type(error).__name__)
    said = "A value of the request is out of range, or holds a character that cannot be stored."
    return _answer(request, 422, "VALUE_UNSTORABLE", said)


def _clash(request: Request, error: Exception) -> Response:
    """Answer for what two requests did at the same moment and only one of them may."""
    log.warning("%s %s: %s", request.method, request.url.path, error.__class__.__name__)
    said = "It clashes with what somebody else did at the same moment."
    return _answer(request, 409, "CLASH", said, hint="Look at it again and repeat your request.")


def _busy(request: Request, error: Exception) -> Response:
    """Answer while the database is gone, restarting, or chose this request to end a deadlock."""
    log.error("%s %s: %s", request.method, request.url.path, error)
    said = "The database could not do this now. Nothing was changed."
    answer = _answer(request, 503, "DATABASE_BUSY", said, hint="Repeat your request.")
    answer.headers["Retry-After"] = "1"
    return answer


def _answer(request: Request, status: int, code: str, detail: str, **more: Any) -> Response:
    request_id = getattr(request.state, "request_id", "")
    path = request.url.path
    return problem(status, code, detail, **more, instance=path, request_id=request_id)
