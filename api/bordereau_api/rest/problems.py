"""Errors as `application/problem+json` (RFC 9457), the same for every route.

`code` is stable; `hint` says what to do; `errors` points at fields of the request body.
"""

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
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

MEDIA_TYPE = "application/problem+json"
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


def problem(status: int, code: str, detail: str, **more: Any) -> JSONResponse:
    """Write a problem; `more` adds members such as `hint` or `errors`."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    } | {name: value for name, value in more.items() if value}
    return JSONResponse(body, status_code=status, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Let the app answer every error as a problem."""
    app.add_exception_handler(BordereauError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unforeseen)


def _ours(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, BordereauError)  # noqa: S101 - what it is registered for
    status = next(status for kind, status in STATUS_OF if isinstance(error, kind))
    details = dict(error.details)
    where = details.pop("where", None)
    errors = [{"pointer": where, "code": error.code, "message": error.message}] if where else []
    return problem(
        status,
        error.code,
        error.message,
        hint=error.hint,
        details=details,
        errors=errors,
        instance=request.url.path,
    )


def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - what it is registered for
    errors = [
        {
            "pointer": "/" + "/".join(str(part) for part in found["loc"][1:]),
            "code": found["type"].upper(),
            "message": found["msg"],
        }
        for found in error.errors()
    ]
    if any(found["loc"][0] == "path" for found in error.errors()):
        return problem(404, "NOT_FOUND", "There is no such thing.", instance=request.url.path)
    return problem(
        422,
        "INVALID_REQUEST",
        "The request does not fit.",
        errors=errors,
        instance=request.url.path,
    )


def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - what it is registered for
    answer = problem(
        error.status_code,
        HTTPStatus(error.status_code).name,
        str(error.detail),
        instance=request.url.path,
    )
    answer.headers.update(error.headers or {})
    return answer


def _unforeseen(request: Request, error: Exception) -> JSONResponse:
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return problem(
        500, "UNFORESEEN", "Something went wrong on our side.", instance=request.url.path
    )
