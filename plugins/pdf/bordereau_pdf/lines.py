"""The table of lines: its columns, the headings of the levels above, and the cells, as text."""

from collections.abc import Iterator
from typing import Any

from bordereau.contract import Document, Line, LineType
from bordereau_pdf.formats import Formats
from bordereau_pdf.text import FITS_ON_A_PAGE, breakable
from bordereau_pdf.words import Words


def table(document: Document, formats: Formats, words: Words) -> dict[str, Any]:
    """Return the heads of the columns and the rows; the discount has a column only if needed."""
    discounts = any(line.discount for line in document.lines)
    columns = ["item", "quantity", "unit_price", "discount", "tax_rate", "amount"]
    if not discounts:
        columns.remove("discount")
    return {
        "columns": [words[column] for column in columns],
        "rows": list(_rows(document, formats, words, discounts=discounts)),
    }


def _rows(
    document: Document, formats: Formats, words: Words, *, discounts: bool
) -> Iterator[dict[str, Any]]:
    above: tuple[str, ...] = ()
    for line in document.lines:
        headings = tuple(heading for heading in line.headings if heading.strip())
        if len(headings) < len(above) and above[: len(headings)] == headings:
            headings = (*headings, words["other_lines"])  # else it would seem part of that group
        yield from _groups(above, headings)
        above = headings
        yield {
            "name": breakable(line.name),
            "details": _details(document, line, formats, words),
            "long": len(line.name) + len(line.description) > FITS_ON_A_PAGE,
            "cells": _cells(line, formats, discounts=discounts),
        }


def _groups(above: tuple[str, ...], headings: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Yield the headings that are new, from the first level that changed."""
    changed = False
    for level, heading in enumerate(headings):
        changed = changed or above[level : level + 1] != (heading,)
        if changed:
            yield {"group": breakable(heading), "level": level + 1}


def _details(document: Document, line: Line, formats: Formats, words: Words) -> list[str]:
    details = [line.description]
    if line.item_code:
        details.append(words["item_code"].format(code=line.item_code))
    if line.period and line.period != document.period:
        details.append(formats.period(line.period))
    return [breakable(text) for text in details if text.strip()]


def _cells(line: Line, formats: Formats, *, discounts: bool) -> list[str]:
    if line.type is LineType.TEXT and not line.net:
        return [""] * (5 if discounts else 4)
    cells = [formats.quantity(line.quantity, line.unit), formats.price(line.unit_price)]
    if discounts:
        cells.append(formats.amount(-line.discount) if line.discount else "")
    return [*cells, formats.percent(line.tax_rate), formats.amount(line.net)]
