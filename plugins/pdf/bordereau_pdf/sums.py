"""The taxes per rate and the totals, as text."""

from typing import Any

from bordereau.contract import Document, TaxSubtotal
from bordereau_pdf.formats import Formats
from bordereau_pdf.text import breakable
from bordereau_pdf.words import Words


def taxes(document: Document, formats: Formats, words: Words) -> dict[str, Any]:
    """Return the tax table: rate, taxable amount and tax, with the reason where none is due."""
    return {
        "columns": [words["tax_rate"], words["tax_base"], words["tax"]],
        "rows": [_tax(subtotal, formats, words) for subtotal in document.taxes],
    }


def totals(document: Document, formats: Formats, words: Words) -> list[list[str]]:
    """Return the labels and amounts of the sums; the last one is the one that counts."""
    sums = document.totals
    rows = [
        (words["net_total"], sums.net),
        (words["tax_total"], sums.tax),
        (words["total"], sums.total),
    ]
    if sums.prepaid:
        rows.append((words["prepaid"], -sums.prepaid))
    if sums.rounding:
        rows.append((words["rounding"], sums.rounding))
    if sums.payable != sums.total or len(rows) > 3:  # noqa: PLR2004 - the three that all have
        rows.append((words["payable"][document.kind], sums.payable))
    return [[label, formats.money(amount)] for label, amount in rows]


def _tax(subtotal: TaxSubtotal, formats: Formats, words: Words) -> dict[str, Any]:
    reason = subtotal.exemption or words["exemption"].get(subtotal.category, "")
    return {
        "cells": [
            formats.percent(subtotal.rate),
            formats.amount(subtotal.taxable),
            formats.amount(subtotal.tax),
        ],
        "reason": breakable(reason),
    }
