"""The canonical text of a document: what is stored as issued, hashed and chained.

Keys are sorted, there is no white space, decimals and dates are text: the same document gives the
same bytes on every machine, and reading them back gives an equal document.
"""

import json
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from bordereau.contract.document import Document

RecordT = TypeVar("RecordT")


def to_canonical(document: Document) -> bytes:
    """Write a document in its canonical form, UTF-8."""
    text = json.dumps(_plain(document), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def from_canonical(data: bytes | str) -> Document:
    """Read a document that `to_canonical` wrote.

    Raises:
        ValueError: the text is not the canonical form of a document.

    """
    try:
        return read(Document, json.loads(data))
    except (AttributeError, KeyError, TypeError, ArithmeticError) as error:
        raise ValueError(f"not a canonical document: {error}") from error


def read(kind: type[RecordT], data: dict[str, Any]) -> RecordT:
    """Build a frozen record of `kind` from plain JSON data."""
    hints: dict[str, Any] = _hints(kind)  # type: ignore[arg-type]  # a class is hashable
    return kind(**{name: _value(hints[name], value) for name, value in data.items()})


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {spec.name: _plain(getattr(value, spec.name)) for spec in fields(value)}
    if isinstance(value, tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    return value


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _value(hint: Any, value: Any) -> Any:
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        if value is None:
            return None
        (hint,) = (option for option in get_args(hint) if option is not NoneType)
        return _value(hint, value)
    if origin is tuple:
        return tuple(_value(get_args(hint)[0], entry) for entry in value)
    if is_dataclass(hint) and isinstance(hint, type):
        return read(hint, value)
    if hint is date:
        return date.fromisoformat(value)
    if isinstance(hint, type) and issubclass(hint, (Decimal, StrEnum)):
        return hint(value)
    return value
