"""The kinds of fields that records have, and the stable code of each fault in one.

A fault of a field has a code of ours (`BAD_DATE`, `NEGATIVE` ...), whatever library found it.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from babel import Locale
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from bordereau.catalog.saving import Fault
from bordereau.values.money import minor_unit

_IBAN_LENGTHS = range(15, 35)  # Norway's is the shortest, Malta's 31; ISO 13616 allows 34
_YEARS = range(1970, 2200)
_COUNTRIES = frozenset(
    code
    for code in map(str, Locale("en").territories)
    if len(code) == 2 and code.isalpha()  # noqa: PLR2004 - alpha-2
)

DateOrTime = TypeVar("DateOrTime", bound=date)


class Record(BaseModel):
    """A thing as people and programs write it: other things are named by their codes."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def refusal(column: str, code: str, message: str) -> PydanticCustomError:
    """Return the error of a check over several fields; `column` is the one to look at."""
    return PydanticCustomError(code, "{said}", {"said": message, "where": column})


def _currency(value: str) -> str:
    try:
        minor_unit(value)
    except ValueError as error:
        raise PydanticCustomError(
            "UNKNOWN_CURRENCY", "There is no currency {value}.", {"value": value}
        ) from error
    return value


def _country(value: str) -> str:
    if value not in _COUNTRIES:
        raise PydanticCustomError(
            "UNKNOWN_COUNTRY", "There is no country {value}.", {"value": value}
        )
    return value


def _iban(value: str) -> str:
    """Check the two check digits (ISO 13616, remainder 97)."""
    plain = value.replace(" ", "").upper()
    if not plain:
        return plain
    turned = plain[4:] + plain[:4]
    if not (plain.isalnum() and plain.isascii() and len(plain) in _IBAN_LENGTHS) or (
        int("".join(str(int(sign, 36)) for sign in turned)) % 97 != 1
    ):
        raise PydanticCustomError("BAD_IBAN", "{value} is not an IBAN.", {"value": value})
    return plain


def _email(value: str) -> str:
    name, at, host = value.rpartition("@")
    if value and not (
        at
        and name
        and "." in host.strip(".")
        and value.isprintable()
        and not set(value) & set(" ,;<>")
    ):
        raise PydanticCustomError(
            "BAD_EMAIL", "{value} is not one e-mail address.", {"value": value}
        )
    return value


def _within_reach(value: DateOrTime) -> DateOrTime:
    """Refuse a year in which nobody bills: most likely a slip, and no calendar to reckon with."""
    if value.year not in _YEARS:
        raise PydanticCustomError(
            "DATE_OUT_OF_REACH",
            "{value} lies outside the years {first} to {last}.",
            {"value": str(value), "first": _YEARS[0], "last": _YEARS[-1]},
        )
    return value


Day = Annotated[date, AfterValidator(_within_reach)]
Moment = Annotated[datetime, AfterValidator(_within_reach)]
Code = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f]+$")]
Name = Annotated[str, Field(min_length=1, max_length=300)]
Words = Annotated[str, Field(max_length=4000)]
Currency = Annotated[str, AfterValidator(_currency)]
Country = Annotated[str, AfterValidator(_country)]
Iban = Annotated[str, AfterValidator(_iban)]
Email = Annotated[str, AfterValidator(_email)]
Percent = Annotated[Decimal, Field(ge=0, le=100, decimal_places=6)]
Amount = Annotated[Decimal, Field(gt=-(10**12), lt=10**12, decimal_places=6)]
PositiveAmount = Annotated[Decimal, Field(ge=0, lt=10**12, decimal_places=6)]
Days = Annotated[int, Field(ge=0, le=3650)]

_CODES = {
    "missing": "VALUE_MISSING",
    "string_too_short": "VALUE_MISSING",
    "extra_forbidden": "UNKNOWN_COLUMN",
    "greater_than_equal": "NEGATIVE",
    "greater_than": "NEGATIVE",
    "less_than_equal": "TOO_LARGE",
    "less_than": "TOO_LARGE",
    "string_too_long": "TOO_LONG",
    "literal_error": "BAD_CHOICE",
    "enum": "BAD_CHOICE",
    "bool_parsing": "BAD_CHOICE",
    "timezone_aware": "BAD_TIME",
}
_STEMS = {"date": "BAD_DATE", "datetime": "BAD_TIME", "decimal": "BAD_NUMBER", "int": "BAD_NUMBER"}


def faults_of(line: int, error: ValidationError) -> list[Fault]:
    """Return the faults that the validation of a record found, each with its field."""
    return [_fault(line, one) for one in error.errors(include_url=False, include_context=True)]


def _fault(line: int, error: ErrorDetails) -> Fault:
    kind = error["type"]
    code = (
        kind if kind.isupper() else _CODES.get(kind) or _STEMS.get(kind.split("_")[0], "BAD_VALUE")
    )
    where = error.get("ctx", {}).get("where")
    column = where or ".".join(str(part) for part in error["loc"])
    return Fault(line, column, code, _message(code, error))


def _message(code: str, error: ErrorDetails) -> str:
    value = error["input"]
    said = "" if isinstance(value, Mapping) else repr(_short(value))
    texts = {
        "VALUE_MISSING": "A value is needed here.",
        "UNKNOWN_COLUMN": "There is no such column.",
        "BAD_DATE": f"{said} is not a date such as 2026-11-21.",
        "BAD_TIME": f"{said} is not a time such as 2026-11-21T09:30.",
        "BAD_NUMBER": f"{said} is not a number that fits here.",
        "NEGATIVE": f"{said} is too small here.",
        "TOO_LARGE": f"{said} is too large here.",
        "TOO_LONG": "The text is too long.",
    }
    return texts.get(code) or error["msg"]


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."  # noqa: PLR2004
