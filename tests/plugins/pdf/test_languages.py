"""Words and formats of the four languages, and what happens with a fifth."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bordereau.contract import DocumentKind, Period
from bordereau_pdf.formats import CLDR_UNITS, OUR_WORDS, Formats
from bordereau_pdf.words import LANGUAGES, words

Build = Callable[..., Any]
TITLES = {
    "en": ("Invoice", "Credit note", "Pro forma invoice"),
    "fr": ("Facture", "Avoir", "Facture pro forma"),
    "nl": ("Factuur", "Creditnota", "Pro-formafactuur"),
    "de": ("Rechnung", "Rechnungskorrektur", "Proforma-Rechnung"),
}


def shape(entry: Any) -> Any:
    """Return the keys of nested words."""
    return {key: shape(value) for key, value in entry.items()} if isinstance(entry, dict) else None


def test_all_languages_know_the_same_words() -> None:
    assert set(LANGUAGES) == set(TITLES)
    for language in LANGUAGES:
        assert shape(words(language)) == shape(words("en"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", list(DocumentKind))
def test_the_title_tells_the_kind(
    invoice: Build, pages: Build, language: str, kind: DocumentKind
) -> None:
    title = TITLES[language][list(DocumentKind).index(kind)]
    read = pages(invoice(language=language, kind=kind))
    assert f"{title} FA-2026-000042" in read
    assert read.reader.trailer["/Root"]["/Lang"] == language
    assert read.reader.metadata.title == f"{title} FA-2026-000042"


def test_an_unknown_language_is_answered_in_english(invoice: Build, pages: Build) -> None:
    read = pages(invoice(language="xx"))
    assert "Invoice FA-2026-000042" in read
    assert "€120.00" in read


@pytest.mark.parametrize(
    ("language", "country", "money", "day"),
    [
        ("fr", "FR", "-1 234 567,50 €", "1 octobre 2026"),
        ("en", "FR", "-€1,234,567.50", "1 October 2026"),
        ("en", "US", "-€1,234,567.50", "October 1, 2026"),
        ("nl", "BE", "€ -1.234.567,50", "1 oktober 2026"),
        ("de", "DE", "-1.234.567,50 €", "1. Oktober 2026"),
    ],
)
def test_amounts_and_dates_are_written_as_there(
    language: str, country: str, money: str, day: str
) -> None:
    formats = Formats(language, country, "EUR")
    assert " ".join(formats.money(Decimal("-1234567.5")).split()) == money
    assert formats.day(date(2026, 10, 1)) == day


def test_amounts_have_the_decimals_of_their_currency() -> None:
    amount = Decimal("12.345")
    assert Formats("en", "GB", "KWD").amount(amount) == "12.345"
    assert Formats("en", "GB", "JPY").amount(Decimal(1200)) == "1,200"
    assert Formats("en", "GB", "EUR").price(amount) == "12.345"
    assert Formats("en", "GB", "EUR").price(Decimal(12)) == "12.00"


@pytest.mark.parametrize(
    ("end", "text"),
    [
        (date(2026, 10, 2), "1 October 2026"),
        (date(2026, 11, 1), "October 2026"),
        (date(2026, 10, 16), "1–15 Oct 2026"),
        (date(2027, 11, 1), "1 Oct 2026 – 31 Oct 2027"),
    ],
)
def test_a_period_is_written_with_its_last_day(end: date, text: str) -> None:
    written = Formats("en", "GB", "EUR").period(Period(start=date(2026, 10, 1), end=end))
    assert " ".join(written.split()) == text


@pytest.mark.parametrize(
    ("quantity", "unit", "text"),
    [
        ("7.5", "HUR", "7:30 h"),
        ("0.0084", "HUR", "0:01 h"),
        ("-1.25", "HUR", "-1:15 h"),
        ("1", "DAY", "1 day"),
        ("2.5", "DAY", "2.5 days"),
        ("3", "MON", "3 months"),
        ("1200", "KGM", "1,200 kg"),
        ("4", "H87", "4 pcs."),
        ("4", "C62", "4"),
        ("1", "LS", "lump sum"),
        ("2", "LS", "2 lump sum"),
        ("5", "XPK", "5 XPK"),
    ],
)
def test_a_quantity_is_written_with_its_unit(quantity: str, unit: str, text: str) -> None:
    written = Formats("en", "GB", "EUR").quantity(Decimal(quantity), unit)
    assert " ".join(written.split()) == text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("unit", [*CLDR_UNITS, *OUR_WORDS])
def test_every_unit_has_a_word_in_every_language(language: str, unit: str) -> None:
    written = Formats(language, "BE", "EUR").quantity(Decimal(2), unit)
    assert unit not in written
    assert "-" not in written  # babel's own key, when it has no word


def test_the_locale_of_a_seller_abroad_falls_back_to_the_languages_home(
    invoice: Build, pages: Build
) -> None:
    document = invoice(language="nl")
    seller = replace(document.seller, address=replace(document.seller.address, country="ZZ"))
    assert "€ 120,00" in pages(replace(document, seller=seller))
