"""How to pay, as text: the amount, the account, the terms and a split of the payment."""

from typing import Any

from bordereau.contract import Document, DocumentKind, PaymentSplit
from bordereau_pdf.formats import Formats
from bordereau_pdf.text import FITS_ON_A_PAGE, breakable, spaced_iban
from bordereau_pdf.words import Words


def payment(document: Document, formats: Formats, words: Words) -> dict[str, Any]:
    """Return the payment block; a credit note and a paid invoice name no account."""
    pay = document.payment
    owed = document.totals.payable > 0 and document.kind is not DocumentKind.CREDIT_NOTE
    return {
        "title": words["payment"],
        "amount": _amount(document, formats, words) if owed else [],
        "facts": _facts(document, words) if owed else [],
        "split": _split(pay.split, pay.iban, formats, words) if owed and pay.split else None,
        "terms": breakable(pay.terms),
        "long": len(pay.terms) > FITS_ON_A_PAGE,
    }


def _amount(document: Document, formats: Formats, words: Words) -> list[list[str]]:
    rows = [[words["payable"][document.kind], formats.money(document.totals.payable)]]
    if document.due_date:
        rows.append([words["due_date"], formats.day(document.due_date)])
    return rows


def _facts(document: Document, words: Words) -> list[list[str]]:
    pay = document.payment
    rows = [
        [words["means_label"], words["means"].get(pay.means, "")],
        [words["account_name"], breakable(pay.account_name)],
        [words["iban"], spaced_iban(pay.iban)],
        [words["bic"], breakable(pay.bic)],
        [words["payment_reference"], breakable(pay.reference)],
    ]
    return [[label, value] for label, value in rows if value]


def _split(split: PaymentSplit, iban: str, formats: Formats, words: Words) -> dict[str, Any]:
    """Return the two parts of the payment and where the first one comes from (row B58)."""
    basis = words["split_basis"].format(
        wage_percent=formats.percent(split.wage_percent),
        wage_total=formats.money(split.wage_total),
        split_percent=formats.percent(split.split_percent),
    )
    blocked = words["split_to"].format(label=breakable(split.label))
    return {
        "basis": basis,
        "rows": [
            [blocked, spaced_iban(split.iban), formats.money(split.amount)],
            [words["split_rest"], spaced_iban(iban), formats.money(split.balance)],
        ],
    }
