"""What people type into an invoice: its lines and its head, checked before anything is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from bordereau.contract import LineType, Party
from bordereau.errors import Invalid
from bordereau.invoices.composing.amounts import positive
from bordereau.invoices.composing.proposal import NewLine
from bordereau.invoices.composing.references import UNTAXED, References, Tax
from bordereau.invoices.plumbing import trim
from bordereau.values.money import round_amount
from bordereau.values.tax import TaxCategory, TaxLine, tax_faults

_DECIMALS = 6  # of quantities and prices, as the tables keep them
_LIMIT = Decimal(10) ** 14  # amounts stay below it, as the tables keep them


@dataclass(frozen=True, slots=True, kw_only=True)
class LineInput:
    """A line as typed; the server computes its net amount.

    Attributes:
        id: the line that it replaces; None adds a line.
        discount: what goes off the line, as an amount.
        tax_code_id: its tax; None for a line that is not taxed.

    """

    id: UUID | None = None
    name: str
    description: str = ""
    quantity: Decimal = Decimal(1)
    unit: str = "C62"
    unit_price: Decimal
    discount: Decimal = Decimal(0)
    tax_code_id: UUID | None
    period_start: date | None = None
    period_end: date | None = None
    item_code: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceInput:
    """The head of an invoice as typed, and its lines; None leaves a field as it is.

    `lines` are all lines in their order: one that is left out is removed.
    """

    issue_date: date | None = None
    due_date: date | None = None
    period_start: date | None = None
    period_end: date | None = None
    language: str | None = None
    buyer: Party | None = None
    buyer_reference: str | None = None
    order_reference: str | None = None
    notes: Sequence[str] | None = None
    layout_id: UUID | None = None
    lines: Sequence[LineInput] | None = None


def read_lines(
    typed: Sequence[LineInput],
    known: Mapping[UUID, NewLine],
    references: References,
    currency: str,
) -> list[NewLine]:
    """Return typed lines with their amounts; a known line keeps what people cannot type.

    Raises:
        Invalid: LINES_MISSING, LINE_TWICE, LINE_UNKNOWN, LINE_NAME_MISSING, TOO_MANY_DECIMALS,
            AMOUNT_TOO_LARGE, TAX_CODE_UNKNOWN, PERIOD_REVERSED, or a code of `values.tax_faults`.

    """
    if not typed:
        raise Invalid("LINES_MISSING", "An invoice needs a line.", where="lines")
    named = [one.id for one in typed if one.id is not None]
    if len(set(named)) < len(named):
        said = "A line of the invoice is named twice."
        raise Invalid("LINE_TWICE", said, where="lines", hint="Add the second one without its id.")
    lines = [_line(place, one, known, references, currency) for place, one in enumerate(typed)]
    taxed = (abs(one.net) * (1 + one.tax_rate / 100) for one in lines)
    _must_fit(sum(taxed, Decimal(0)), "lines")
    taxable = [
        TaxLine(one.net, TaxCategory(one.tax_category), one.tax_rate, one.exemption)
        for one in lines
    ]
    for fault in tax_faults(taxable):
        raise Invalid(fault.code, fault.message, where=f"lines.{fault.line}.tax_code_id")
    return lines


def _line(
    place: int,
    typed: LineInput,
    known: Mapping[UUID, NewLine],
    references: References,
    currency: str,
) -> NewLine:
    _check(place, typed)
    for amount in (typed.quantity * typed.unit_price, typed.discount):
        _must_fit(amount, f"lines.{place}.unit_price")
    before = _before(place, typed, known)
    tax = _tax(place, typed, before, references)
    discount = round_amount(typed.discount, currency)
    net = round_amount(typed.quantity * typed.unit_price, currency) - discount
    quantity, price, discount = positive(
        trim(typed.quantity), trim(typed.unit_price), discount or Decimal(0)
    )
    return NewLine(
        id=typed.id,
        type=before.type if before else LineType.MANUAL,
        headings=before.headings if before else (),
        name=typed.name.strip(),
        description=typed.description.strip(),
        quantity=quantity,
        unit=typed.unit,
        unit_price=price,
        discount=discount,
        net=net,
        **tax.on_line(),
        period_start=typed.period_start,
        period_end=typed.period_end,
        item_code=typed.item_code,
        account=typed.account,
        surcharge_percent=before.surcharge_percent if before else None,
        credits_line_id=before.credits_line_id if before else None,
        replaces_line_id=before.replaces_line_id if before else None,
    )


def _check(place: int, typed: LineInput) -> None:
    if not typed.name.strip():
        where = f"lines.{place}.name"
        raise Invalid("LINE_NAME_MISSING", "A line needs a name.", where=where)
    for name in ("quantity", "unit_price"):
        if -int(getattr(typed, name).normalize().as_tuple().exponent) > _DECIMALS:
            raise Invalid(
                "TOO_MANY_DECIMALS",
                f"At most {_DECIMALS} decimals are kept.",
                where=f"lines.{place}.{name}",
            )
    if typed.period_start and typed.period_end and typed.period_end <= typed.period_start:
        raise Invalid(
            "PERIOD_REVERSED",
            "A period ends after it starts; its end is the first day that is not in it.",
            where=f"lines.{place}.period_end",
        )


def _must_fit(amount: Decimal, where: str) -> None:
    """Refuse an amount that no column holds and no sum of which is exact.

    Raises:
        Invalid: AMOUNT_TOO_LARGE.

    """
    if abs(amount) >= _LIMIT:
        raise Invalid(
            "AMOUNT_TOO_LARGE",
            "Amounts of an invoice stay below 100,000,000,000,000.",
            where=where,
            hint="Lower the quantity, the price or the discount.",
        )


def _before(place: int, typed: LineInput, known: Mapping[UUID, NewLine]) -> NewLine | None:
    if typed.id is None:
        return None
    if typed.id not in known:
        message = "The invoice has no such line."
        raise Invalid("LINE_UNKNOWN", message, where=f"lines.{place}.id")
    return known[typed.id]


def _tax(place: int, typed: LineInput, before: NewLine | None, references: References) -> Tax:
    """Return the tax of a line: as on that day if the code was not changed, else as it is now."""
    if before is not None and typed.tax_code_id == before.tax_code_id:
        return Tax(
            before.tax_code_id,
            before.tax_code,
            TaxCategory(before.tax_category),
            before.tax_rate,
            before.exemption,
        )
    if typed.tax_code_id is None:
        return UNTAXED
    if typed.tax_code_id not in references.taxes:
        raise Invalid(
            "TAX_CODE_UNKNOWN", "There is no such tax code.", where=f"lines.{place}.tax_code_id"
        )
    return references.taxes[typed.tax_code_id]
