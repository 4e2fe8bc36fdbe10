"""Credit notes as they are written: the wish, the lines and sums, the items they take back.

One line for each line of the invoice that is touched; no tax is given back a cent too much.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from bordereau.contract import DocumentKind
from bordereau.errors import Refused
from bordereau.invoices.composing.amounts import ONE, Sums, positive, sums
from bordereau.invoices.composing.proposal import NewInvoice, NewLine, NewTax
from bordereau.invoices.credits.left import Creditable, check_left
from bordereau.invoices.plumbing import ordered_ids
from bordereau.invoices.rules.credit import CreditLine, Pick
from bordereau.invoices.rules.dates import check_credit_date
from bordereau.invoices.tables import CreditedItem
from bordereau.store import TenantSession, copy_rows
from bordereau.tenancy import today
from bordereau.values.ids import uuid7
from bordereau.values.money import round_amount

ORIGIN = "credit"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditWish:
    """What to credit of an invoice: everything that is left, unless something is given.

    Attributes:
        picks: chosen items, see `rules.credit.Pick`; a line without charges is named by its id.
        net: an amount before tax, shared out over what is left of every line.
        reopen: whether the charges of a whole credit become billable again.
        issue_date: of the credit note; by default today in the account's zone, or the day of the
            invoice if that is later.
        reason: printed on the credit note as its first note.

    """

    picks: Sequence[Pick] = ()
    net: Decimal | None = None
    reopen: bool = False
    issue_date: date | None = None
    reason: str = ""


class Item(NamedTuple):
    """A row of `CreditedItem` to be."""

    line_id: UUID
    allocation_id: UUID
    amount: Decimal
    reopen: bool


def credit_note(
    session: TenantSession, found: Creditable, chosen: Sequence[CreditLine], wish: CreditWish
) -> tuple[NewInvoice, list[Item]]:
    """Compose the credit note: one line for each line of the invoice that is touched.

    Raises:
        Invalid: CREDIT_BEFORE_INVOICE.
        Refused: CREDIT_TOO_LARGE, CREDIT_NEGATIVE, or ALREADY_CREDITED.

    """
    original, ids = found.invoice, ordered_ids()
    issue_date = wish.issue_date or max(today(session), original.issue_date)
    check_credit_date(issue_date, original.issue_date)
    by_line: dict[UUID, list[CreditLine]] = defaultdict(list)
    for one in chosen:
        by_line[found.line_of[one.allocation_id]].append(one)
    lines: list[NewLine] = []
    items: list[Item] = []
    for line in original.lines:
        if line.id in by_line:
            amount = sum((one.amount for one in by_line[line.id]), Decimal(0))
            made = _line(line, amount, next(ids), original.currency)
            lines.append(made)
            items += (
                Item(made.id, one.allocation_id, one.amount, one.reopens is not None)
                for one in by_line[line.id]
                if one.allocation_id != line.id and made.id
            )
    if not lines:
        raise Refused("ALREADY_CREDITED", "No line of the invoice is left to be credited.")
    totals = credit_sums(lines, found)
    check_left(found, lines, totals)
    note = replace(
        original,
        id=uuid7(),
        kind=DocumentKind.CREDIT_NOTE,
        origin=ORIGIN,
        draft_id=None,
        original_id=original.id,
        replaces_id=None,
        issue_date=issue_date,
        due_date=None,
        net=totals.net,
        tax=totals.tax,
        total=totals.total,
        notes=(wish.reason.strip(),) if wish.reason.strip() else (),
        payment_split=None,
        lines=lines,
        taxes=totals.taxes,
    )
    return note, items


def _line(line: NewLine, amount: Decimal, line_id: UUID, currency: str) -> NewLine:
    """Return the line that takes an amount back: as it was if all of it goes, else quantity 1."""
    whole = replace(line, id=line_id, credits_line_id=line.id, replaces_line_id=None, sources=())
    if amount == line.net:
        return whole
    quantity, price, discount = positive(ONE, round_amount(amount, currency), Decimal(0))
    return replace(
        whole,
        quantity=quantity,
        unit="C62",
        unit_price=price,
        discount=discount,
        net=amount,
    )


def credit_sums(lines: Sequence[NewLine], found: Creditable) -> Sums:
    """Return the sums of a credit note, whose tax follows what is credited altogether.

    So the taxes of any number of partial credits sum to the tax that was charged, and none of them
    runs ahead of its net amount by more than rounding.
    """
    original = found.invoice
    totals = sums(lines, original.tax_policy, original.currency)
    due = {_key(one): one for one in _credited_in_all(lines, found).taxes}
    charged = {_key(one): one for one in original.taxes}
    taxes = []
    for one in totals.taxes:
        earlier = found.taxes[_key(one)].tax if _key(one) in found.taxes else Decimal(0)
        tax = due[_key(one)].tax - earlier
        if _one_sided(original.lines, one):
            low, high = sorted((Decimal(0), charged[_key(one)].tax - earlier))
            tax = min(max(tax, low), high)
        taxes.append(replace(one, tax=round_amount(tax, original.currency)))
    tax = sum((one.tax for one in taxes), round_amount(Decimal(0), original.currency))
    return Sums(tuple(taxes), totals.net, tax, totals.net + tax)


def _credited_in_all(lines: Iterable[NewLine], found: Creditable) -> Sums:
    """Return the sums of everything credited of the invoice, with these lines."""
    now: dict[UUID | None, Decimal] = defaultdict(Decimal)
    for line in lines:
        now[line.credits_line_id] += line.net
    original = found.invoice
    credited = [
        replace(line, net=line.net - found.line_left[line.id] + now[line.id])
        for line in original.lines
        if line.id
    ]
    return sums(credited, original.tax_policy, original.currency)


def _key(tax: NewTax) -> tuple[str, Decimal]:
    return tax.category, tax.rate


def _one_sided(lines: Iterable[NewLine], tax: NewTax) -> bool:
    """Say whether no line of this tax reduces the others."""
    nets = [one.net for one in lines if (one.tax_category, one.tax_rate) == _key(tax)]
    return all(net >= 0 for net in nets) or all(net <= 0 for net in nets)


def store_items(session: TenantSession, note_id: UUID, items: Iterable[Item]) -> None:
    """Insert what a credit note takes back of each allocation."""
    columns = ("id", "invoice_id", *Item._fields)
    copy_rows(session, CreditedItem, columns, ((uuid7(), note_id, *one) for one in items))
