"""Cells become records: empty cells take the default, decimal commas become points."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from bordereau.catalog import Fault, Record, faults_of
from bordereau.charges import ContractRecord
from bordereau.charges.terms import TERMS
from bordereau.imports.reading import Cells, Header

TERM_COLUMNS = tuple(dict.fromkeys(name for kind in TERMS.values() for name in kind.model_fields))
_TERM_FIGURES = frozenset(TERM_COLUMNS) - {
    "additional_rates",
    "changes",
    "commit_rollover",
    "on_exhausted",
    "count_by",
    "device_count",
}


@dataclass(frozen=True, slots=True)
class Columns:
    """What a file may and must have for a kind of record."""

    allowed: frozenset[str]
    needed: frozenset[str]
    figures: frozenset[str]


@cache
def columns_of(record: type[Record]) -> Columns:
    """Return the columns of a kind of record; the terms of contracts have columns of their own."""
    fields = record.model_fields
    names = {name for name in fields if name != "terms"}
    figures = {name for name in names if _is_figure(fields[name])}
    needed = {name for name in names if fields[name].is_required()}
    if record is ContractRecord:
        names |= set(TERM_COLUMNS)
        figures |= _TERM_FIGURES
    return Columns(frozenset(names), frozenset(needed), frozenset(figures))


def check_header(header: Header, record: type[Record]) -> list[Fault]:
    """Return a fault for each column that is missing, unknown or named twice."""
    columns = columns_of(record)
    found: list[Fault] = []
    for name in sorted(columns.needed - set(header.columns)):
        found.append(Fault(1, name, "COLUMN_MISSING", f"The column {name} is missing."))
    for place, name in enumerate(header.columns):
        if name in header.columns[:place]:
            found.append(Fault(1, name, "COLUMN_TWICE", f"The column {name} is there twice."))
        elif name not in columns.allowed:
            said = f"There is no column {name!r}. Known: {', '.join(sorted(columns.allowed))}."
            found.append(Fault(1, name, "UNKNOWN_COLUMN", said))
    return found


def read_record(cells: Cells, record: type[Record], separator: str) -> Record | list[Fault]:
    """Return the record of a line, or everything that is wrong with it."""
    columns = columns_of(record)
    values: dict[str, Any] = {}
    for name, cell in cells.values.items():
        if name not in columns.allowed:
            continue
        text = cell.strip()
        if separator == ";" and name in columns.figures and "." not in text:
            text = text.replace(",", ".", 1)
        values[name] = text
    if record is ContractRecord:
        values["terms"] = _terms(values)
    missing: list[Fault] = []
    for name, field in record.model_fields.items():
        if values.get(name) == "":
            if field.is_required():
                missing.append(Fault(cells.line, name, "VALUE_MISSING", "A value is needed here."))
                del values[name]
            else:
                values[name] = field.get_default(call_default_factory=True, validated_data=values)
    try:
        made = record.model_validate(values)
    except ValidationError as error:
        known = {fault.column for fault in missing}
        return missing + [one for one in faults_of(cells.line, error) if one.column not in known]
    return made


def _terms(values: dict[str, Any]) -> dict[str, Any]:
    """Take the columns of terms out of a line.

    Rates are written Night=135|Sunday=180, changes of a fee 2026-06-11=12x29.00.
    """
    terms: dict[str, Any] = {}
    for name in TERM_COLUMNS:
        text = values.pop(name, "")
        if not text:
            continue
        if name == "additional_rates":
            pairs = (part.rpartition("=") for part in text.split("|"))
            terms[name] = {key.strip(): value.strip() for key, _, value in pairs}
        elif name == "changes":
            terms[name] = [_fee_change(part) for part in text.split("|")]
        else:
            terms[name] = text
    return terms


def _fee_change(text: str) -> dict[str, str]:
    day, _, fee = text.partition("=")
    quantity, _, rate = fee.partition("x")
    return {"valid_from": day.strip(), "quantity": quantity.strip(), "rate": rate.strip()}


def _is_figure(field: FieldInfo) -> bool:
    annotation: Any = field.annotation
    parts = get_args(annotation) if get_origin(annotation) in {Union, UnionType} else (annotation,)
    return any(part is Decimal or Decimal in get_args(part) for part in parts)


def key_of(record: Record) -> str:
    """Return what names the record in its file."""
    return str(getattr(record, "code", None) or getattr(record, "key", ""))
