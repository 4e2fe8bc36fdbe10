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
from json.encoder import encode_basestring
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from bordereau.contract.document import Document

RecordT = TypeVar("RecordT")
_quoted = encode_basestring


def to_canonical(document: Document) -> bytes:
    """Write a document in its canonical form, UTF-8."""
    return _text(document).encode()


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


def _text(value: Any) -> str:
    """Write a value as JSON; the commonest kinds first, because documents hold many of them."""
    kind = type(value)
    if kind is str:
        return _quoted(value)
    if kind is Decimal:
        return f'"{value:f}"'
    if value is None:
        return "null"
    if kind is tuple:
        return f"[{','.join([_text(entry) for entry in value])}]"
    if kind is date:
        return f'"{value.isoformat()}"'
    if isinstance(value, StrEnum):
        return _quoted(value.value)
    parts = [key + _text(getattr(value, name)) for key, name in _keys(kind)]
    return f"{{{','.join(parts)}}}"


@cache
def _keys(kind: Any) -> tuple[tuple[str, str], ...]:
    """Return the fields of a record in the order of their names, each with its JSON key."""
    return tuple((f"{_quoted(name)}:", name) for name in sorted(spec.name for spec in fields(kind)))


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
