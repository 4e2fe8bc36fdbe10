"""The canonical text of a document: what is stored as issued, hashed and chained.

Keys are sorted, there is no white space, decimals and dates are text: the same document gives the
same bytes on every machine, and reading them back gives an equal document.
"""

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache, partial
from json.encoder import encode_basestring
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from bordereau.contract.document import Document

RecordT = TypeVar("RecordT")
Writer = Callable[[Any], str]
Reader = Callable[[Any], Any]
_quoted = encode_basestring


def to_canonical(document: Document) -> bytes:
    """Write a document in its canonical form, UTF-8."""
    return _record(document).encode()


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
    readers = _readers(kind)  # type: ignore[arg-type]  # a class is hashable
    values = {}
    for name, value in data.items():
        reader = readers[name]
        values[name] = value if reader is None else reader(value)
    return kind(**values)


# Documents hold thousands of values. What to do with a field is found once for each kind of record.


def _record(value: Any) -> str:
    keys, writers, values_of = _shape(value.__class__)
    parts = [
        key + write(part) for key, write, part in zip(keys, writers, values_of(value), strict=True)
    ]
    return f"{{{','.join(parts)}}}"


@cache
def _shape(kind: Any) -> tuple[tuple[str, ...], tuple[Writer, ...], Callable[[Any], Any]]:
    """Return the JSON keys of a record in order, how each field is written, and what reads all."""
    names = sorted(spec.name for spec in fields(kind))
    hints = get_type_hints(kind)
    keys = tuple(f"{_quoted(name)}:" for name in names)
    return keys, tuple(_writer(hints[name]) for name in names), attrgetter(*names)


def _writer(hint: Any) -> Writer:
    if get_origin(hint) in (Union, UnionType):
        write = _writer(_without_none(hint))
        return lambda value: "null" if value is None else write(value)
    if get_origin(hint) is tuple:
        write = _writer(get_args(hint)[0])
        return lambda value: f"[{','.join(map(write, value))}]"
    if is_dataclass(hint):
        return _record
    if hint is Decimal:
        return '"{:f}"'.format
    if hint is date:
        return '"{}"'.format
    return _quoted  # text, and names from a list of names


@cache
def _readers(kind: Any) -> dict[str, Reader | None]:
    hints = get_type_hints(kind)
    return {spec.name: _reader(hints[spec.name]) for spec in fields(kind)}


def _reader(hint: Any) -> Reader | None:
    """Return what turns a JSON value into the field; None where it is one already."""
    if get_origin(hint) in (Union, UnionType):
        return _optional(_reader(_without_none(hint)))
    if get_origin(hint) is tuple:
        reader = _reader(get_args(hint)[0])
        return lambda value: tuple(value if reader is None else map(reader, value))
    if is_dataclass(hint) and isinstance(hint, type):
        return partial(read, hint)
    if hint is date:
        return date.fromisoformat
    if isinstance(hint, type) and issubclass(hint, (Decimal, StrEnum)):
        return hint
    return None


def _optional(reader: Reader | None) -> Reader | None:
    if reader is None:
        return None
    return lambda value: None if value is None else reader(value)


def _without_none(hint: Any) -> Any:
    (rest,) = (option for option in get_args(hint) if option is not NoneType)
    return rest
