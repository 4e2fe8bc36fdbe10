"""Invoice numbers: a pattern with year, month and sequence, checked against its destinations.

A number is never cut: a pattern that a destination cannot take is refused when it is set
(QuickBooks Desktop takes 11 characters, QuickBooks Online 21, Xero 255).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from bordereau.errors import Invalid

_FIELD = re.compile(r"\{(year|yy|month|seq)(?::0([1-9])d)?\}")
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class NumberPattern:
    """A checked pattern such as {year}-{seq:05d}.

    Fields are {year} (2027), {yy} (27), {month} (03) and {seq}, which may be filled with zeros up
    to nine digits; all other characters stand for themselves.
    """

    text: str

    @property
    def shows_the_year(self) -> bool:
        """Whether numbers stay apart when the sequence starts again with a new year."""
        return "{year}" in self.text or "{yy}" in self.text

    def number(self, sequence: int, issued: date) -> str:
        """Return the number for a place in the sequence and the date of the invoice."""
        values = {"year": issued.year, "yy": issued.year % 100, "month": issued.month}
        widths = {"year": 4, "yy": 2, "month": 2}

        def fill(found: re.Match[str]) -> str:
            name, width = found[1], int(found[2] or 0)
            return f"{values.get(name, sequence):0{width or widths.get(name, 1)}d}"

        return _FIELD.sub(fill, self.text)

    def length(self, highest: int) -> int:
        """Return the length of the longest number up to this place in the sequence."""
        return len(self.number(highest, date(9999, 12, 31)))


@lru_cache(maxsize=256)
def parse_pattern(text: str) -> NumberPattern:
    """Read a pattern.

    Raises:
        Invalid: NUMBER_PATTERN, it has no {seq}, an unknown field or a forbidden character.

    """
    rest = _FIELD.sub("", text)
    faults = {
        "has no {seq}, so all numbers would be equal": not re.search(r"\{seq", text),
        "has more than one {seq}": len(re.findall(r"\{seq", text)) > 1,
        "has a field that is not {year}, {yy}, {month} or {seq:05d}": bool(re.search("[{}]", rest)),
        "has a character that no system prints": not rest.isprintable(),
        f"is longer than {_LONGEST} characters": len(text) > _LONGEST,
        "starts or ends with a space": text != text.strip(),
    }
    for fault, found in faults.items():
        if found:
            raise Invalid(
                "NUMBER_PATTERN",
                f"The number pattern {text!r} {fault}.",
                where="pattern",
                hint="Write it like {year}-{seq:05d}.",
            )
    return NumberPattern(text)


def check_length(pattern: NumberPattern, limits: Mapping[str, int], highest: int) -> None:
    """Refuse a pattern whose numbers a destination cannot take.

    Args:
        pattern: the pattern.
        limits: the most characters each destination takes, by its name.
        highest: the highest place in the sequence that is expected.

    Raises:
        Invalid: NUMBER_TOO_LONG, naming the destinations.

    """
    longest = pattern.length(highest)
    short = sorted(name for name, limit in limits.items() if longest > limit)
    if short:
        raise Invalid(
            "NUMBER_TOO_LONG",
            f"Numbers of {longest} characters are too long for {', '.join(short)}.",
            where="pattern",
            hint=f"Use at most {min(limits.values())} characters, for example {{yy}}{{seq:05d}}.",
        )


def check_date(issued: date, last: date | None, *, strict: bool) -> str:
    """Compare an invoice date with the last one of its series.

    Returns:
        A warning for people, empty if the dates are in order.

    Raises:
        Invalid: DATE_BEFORE_LAST, if the series is strict.

    """
    if last is None or issued >= last:
        return ""
    message = f"The date {issued} lies before {last}, the last date of the series."
    if strict:
        raise Invalid(
            "DATE_BEFORE_LAST", message, where="issue_date", hint=f"Use {last} or a later date."
        )
    return message
