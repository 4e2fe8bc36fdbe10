"""Conditions over many values, in statements whose text never changes."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ARRAY, Column, ColumnElement, any_, literal
from sqlalchemy.orm import InstrumentedAttribute


def among(
    column: InstrumentedAttribute[Any] | Column[Any], values: Iterable[Any]
) -> ColumnElement[bool]:
    """Say that a column is one of many values; the statement is planned once for any number."""
    return column == any_(literal(list(values), ARRAY(column.type)))
