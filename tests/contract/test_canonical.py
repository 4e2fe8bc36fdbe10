"""The canonical text of a document: the same bytes, and back again."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from bordereau.contract import Document, PaymentSplit, from_canonical, to_canonical
from bordereau.testing import sample_documents


def test_every_sample_is_read_back_equal() -> None:
    documents = sample_documents(40)
    assert [from_canonical(to_canonical(document)) for document in documents] == documents


def test_decimals_keep_their_digits(bordereau_document: Document) -> None:
    split = PaymentSplit(
        label="G account",
        wage_total=Decimal("100.00"),
        wage_percent=Decimal(40),
        split_percent=Decimal("25.0"),
        amount=Decimal("1E+2"),
        balance=Decimal("9007199254740993.07"),
        iban="NL20INGB0001234567",
    )
    payment = replace(bordereau_document.payment, split=split)
    document = replace(bordereau_document, payment=payment)
    read = from_canonical(to_canonical(document)).payment.split
    assert read is not None
    assert str(read.balance) == "9007199254740993.07"
    assert (str(read.amount), str(read.split_percent)) == ("100", "25.0")


def test_the_text_is_sorted_and_without_white_space(bordereau_document: Document) -> None:
    text = to_canonical(bordereau_document).decode()
    plain = json.loads(text)
    assert text == json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert plain["totals"]["payable"] == "4332.09"


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"id": "inv_1", "colour": "blue"}', "{", '{"totals": {"net": "x"}}']
)
def test_another_text_is_no_document(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of two kinds, both ValueError
        from_canonical(text)
