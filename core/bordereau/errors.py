"""The errors a person or a program can meet, each with a stable code.

* BordereauError
  - NotFound          the thing does not exist for this tenant
  - Refused           a rule refuses the action; `code` names the rule
    · Invalid         the input cannot be accepted; `where` says which field, line or column
    · Conflict        somebody or something changed it in between
    · Forbidden       the user lacks the right
  - SetupError        the installation is not ready: no server, wrong version, missing right

What a plugin raises is another small tree: `bordereau.contract.errors`.
"""

from collections.abc import Mapping
from typing import Any


class BordereauError(Exception):
    """The base of all errors that are meant to be shown.

    Attributes:
        code: stable and machine readable, for example `INVOICE_NUMBERED`.
        message: what happened, in one sentence.
        hint: what to do about it, or an empty string.
        details: further facts for programs, JSON-able.

    """

    def __init__(
        self, code: str, message: str, *, hint: str = "", details: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.details = dict(details or {})


class NotFound(BordereauError):  # noqa: N818 - reads as what happened
    """Raised when a thing does not exist for this tenant, whoever else may own it."""

    def __init__(self, kind: str, key: object) -> None:
        super().__init__("NOT_FOUND", f"There is no {kind} {key}.", details={"kind": kind})


class Refused(BordereauError):  # noqa: N818
    """Raised when a rule refuses the action; nothing was changed."""


class Invalid(Refused):
    """Raised when input cannot be accepted; `where` names the field, or file, line and column."""

    def __init__(self, code: str, message: str, *, where: str, hint: str = "") -> None:
        super().__init__(code, message, hint=hint, details={"where": where})
        self.where = where


class Conflict(Refused):
    """Raised when the thing was changed, finished or taken by somebody else in between."""


class Forbidden(Refused):
    """Raised when the user or the tenant lacks the right to do this."""


class SetupError(BordereauError):
    """Raised when the installation is not ready to work."""
