"""Amounts, quantities and dates as people of a language and country write them.

The rules come from the CLDR, through babel. Everything leaves here as text: the templates never
compute with numbers.
"""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_interval, format_skeleton
from babel.languages import get_official_languages
from babel.numbers import (
    format_currency,
    format_decimal,
    format_percent,
    get_currency_precision,
)
from babel.units import format_unit

from bordereau.contract import Period
from bordereau_pdf.words import spoken, words

HOME = {"de": "DE", "en": "GB", "fr": "FR", "nl": "NL"}
MAX_DECIMALS = 8
NBSP = "\N{NO-BREAK SPACE}"

HOUR = "HUR"
# Codes of UN/ECE Recommendation 20 and 21, and where the words come from.
NO_WORD = {"C62", "ZZ"}
OUR_WORDS = {"DAY": "day", "H87": "piece", "EA": "piece", "NAR": "piece"}
LUMP_SUM = "LS"
CLDR_UNITS = {
    "MIN": "duration-minute",
    "WEE": "duration-week",
    "MON": "duration-month",
    "ANN": "duration-year",
    "GRM": "mass-gram",
    "KGM": "mass-kilogram",
    "TNE": "mass-tonne",
    "MLT": "volume-milliliter",
    "LTR": "volume-liter",
    "MTQ": "volume-cubic-meter",
    "CMT": "length-centimeter",
    "MTR": "length-meter",
    "KMT": "length-kilometer",
    "KTM": "length-kilometer",
    "MTK": "area-square-meter",
    "KWH": "energy-kilowatt-hour",
    "E34": "digital-gigabyte",
    "E35": "digital-terabyte",
}


@cache
def locale_for(language: str, country: str) -> Locale:
    """Return how a language is written in a country, or at its home where it is foreign there."""
    tongue = spoken(language)
    territory = (
        country if tongue in get_official_languages(country, de_facto=True) else HOME[tongue]
    )
    try:
        return Locale(tongue, territory)
    except UnknownLocaleError:
        return Locale(tongue, HOME[tongue])


class Formats:
    """Writes the values of one document.

    Attributes:
        language: of the words, one of those the layout speaks.
        locale: of numbers and dates.

    """

    def __init__(self, language: str, country: str, currency: str) -> None:
        self.language = spoken(language)
        self.locale = locale_for(language, country)
        self.currency = currency
        self._words = words(self.language)
        self._digits = get_currency_precision(currency)

    def money(self, amount: Decimal) -> str:
        """Write an amount with its currency."""
        return format_currency(amount, self.currency, locale=self.locale)

    def amount(self, amount: Decimal) -> str:
        """Write an amount without its currency, with the currency's decimals."""
        return self._decimal(amount, self._digits, self._digits)

    def price(self, price: Decimal) -> str:
        """Write a unit price: the currency's decimals, and more where there are more."""
        return self._decimal(price, self._digits, MAX_DECIMALS)

    def percent(self, rate: Decimal) -> str:
        """Write a percentage given in percent."""
        pattern = self.locale.percent_formats[None].pattern.replace("##0", "##0.####")
        return format_percent(rate / 100, format=pattern, locale=self.locale)

    def day(self, day: date) -> str:
        """Write a date in full."""
        return format_date(day, "long", locale=self.locale)

    def period(self, period: Period) -> str:
        """Write a period with its last day, or as a month where it is one."""
        last = period.end - timedelta(days=1)
        if last <= period.start:
            return self.day(period.start)
        whole = period.start.day == period.end.day == 1
        if whole and (period.start.year, period.start.month) == (last.year, last.month):
            return str(format_skeleton("yMMMM", last, locale=self.locale))
        return str(format_interval(period.start, last, "yMMMd", locale=self.locale))

    def quantity(self, quantity: Decimal, unit: str) -> str:
        """Write how many of what; hours as hours and minutes, unknown units by their code."""
        if unit == HOUR:
            return self._hours(quantity)
        if unit in CLDR_UNITS:
            return self._measure(quantity, CLDR_UNITS[unit])
        if unit == LUMP_SUM and quantity == 1:
            return str(self._words["lump_sum"])
        number = self._decimal(quantity, 0, MAX_DECIMALS)
        word = self._unit_word(quantity, unit)
        return f"{number}{NBSP}{word}" if word else number

    def _measure(self, quantity: Decimal, unit: str) -> str:
        length: Literal["long", "short"] = "long" if unit.startswith("duration") else "short"
        pattern = f"#,##0.{'#' * MAX_DECIMALS}"
        return format_unit(quantity, unit, length, pattern, locale=self.locale)

    def _unit_word(self, quantity: Decimal, unit: str) -> str:
        if unit in NO_WORD:
            return ""
        if unit == LUMP_SUM:
            return str(self._words["lump_sum"])
        if unit in OUR_WORDS:
            forms = self._words[OUR_WORDS[unit]]
            return str(forms.get(self.locale.plural_form(quantity), forms["other"]))
        return unit

    def _hours(self, hours: Decimal) -> str:
        minutes = int((abs(hours) * 60).quantize(Decimal(1), ROUND_HALF_UP))
        sign = "-" if hours < 0 else ""
        time = f"{sign}{minutes // 60}:{minutes % 60:02d}"
        return str(self._words["hours"].format(time=time)).replace(" ", NBSP)

    def _decimal(self, value: Decimal, least: int, most: int) -> str:
        pattern = f"#,##0.{'0' * least}{'#' * (most - least)}"
        return format_decimal(value, format=pattern, locale=self.locale)
