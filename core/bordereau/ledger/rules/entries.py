"""Entries: what an invoice, and revenue on its way through the suspense account, makes (B62, B64).

An entry balances by the sums of its invoice; amounts are rounded before, never here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from bordereau.errors import Refused
from bordereau.ledger.rules.sides import CreditBooking, Item, ItemKind, Side, sides

CREDIT_NOTE = "381"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """The accounts of an administration, empty where none was chosen, and its way with credits."""

    receivable: str
    tax: str
    suspense: str
    booking: CreditBooking


@dataclass(frozen=True, slots=True)
class Revenue:
    """What the lines of an invoice bring on one account.

    Attributes:
        account: empty where neither the line, its work type nor the administration has one.
        net: the sum of the lines.
        line_ids: the lines.
        position: the first of them, as people count them.

    """

    account: str
    net: Decimal
    line_ids: Sequence[UUID]
    position: int


@dataclass(frozen=True, slots=True)
class Tax:
    """The tax of one category and rate on an invoice (BG-23)."""

    category: str
    rate: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A balanced entry as it is written."""

    kind: str
    administration_id: UUID
    invoice_id: UUID
    entry_date: date
    document_date: date
    currency: str
    items: Sequence[Item]
    spread_id: UUID | None = None
    part_id: UUID | None = None

    @property
    def amount(self) -> Decimal:
        """What each side sums to."""
        return sum((item.debit for item in self.items), Decimal(0))


def sign_of(kind: str) -> int:
    """Return -1 for a credit note, whose amounts are positive and taken back; else 1."""
    return -1 if kind == CREDIT_NOTE else 1


def invoice_items(
    kind: str, total: Decimal, revenues: Sequence[Revenue], taxes: Sequence[Tax], accounts: Accounts
) -> tuple[Item, ...]:
    """Return the receivable against revenue per account and tax per category and rate.

    Raises:
        Refused: ACCOUNT_MISSING, naming the kind of account and for revenue the line.

    """
    sign, booking = sign_of(kind), accounts.booking
    items = []
    if total:
        account = named(accounts.receivable, ItemKind.RECEIVABLE)
        debit, credit = sides(sign * total, Side.DEBIT, booking)
        items.append(Item(kind=ItemKind.RECEIVABLE, account=account, debit=debit, credit=credit))
    for one in revenues:
        account = named(one.account, ItemKind.REVENUE, one.position)
        debit, credit = sides(sign * one.net, Side.CREDIT, booking)
        items.append(
            Item(
                kind=ItemKind.REVENUE,
                account=account,
                debit=debit,
                credit=credit,
                line_ids=one.line_ids,
            )
        )
    for tax in taxes:
        if tax.tax:
            account = named(accounts.tax, ItemKind.TAX)
            debit, credit = sides(sign * tax.tax, Side.CREDIT, booking)
            items.append(
                Item(
                    kind=ItemKind.TAX,
                    account=account,
                    debit=debit,
                    credit=credit,
                    tax_category=tax.category,
                    tax_rate=tax.rate,
                )
            )
    return tuple(items)


def set_aside(
    net: Decimal, revenue: str, suspense: str, line_id: UUID, booking: CreditBooking
) -> tuple[Item, ...]:
    """Return the items that take revenue to the suspense account (row B64)."""
    return _transfer(net, (revenue, Side.DEBIT), (suspense, Side.CREDIT), line_id, booking)


def brought_back(
    amount: Decimal, revenue: str, suspense: str, line_id: UUID, booking: CreditBooking
) -> tuple[Item, ...]:
    """Return the items that bring a part of the revenue back from the suspense account (B64)."""
    return _transfer(amount, (revenue, Side.CREDIT), (suspense, Side.DEBIT), line_id, booking)


def named(account: str, kind: ItemKind, line: int | None = None) -> str:
    """Return an account that is really one.

    Raises:
        Refused: ACCOUNT_MISSING.

    """
    if account:
        return account
    place = "the administration" if line is None else f"line {line}"
    hint = "Give the administration one."
    if line is not None:
        hint = "Give the work type of the line or the administration one."
    raise Refused(
        "ACCOUNT_MISSING",
        f"There is no {kind} account for {place}.",
        hint=hint,
        details={"account": kind.value} | ({} if line is None else {"line": line}),
    )


def _transfer(
    amount: Decimal,
    revenue: tuple[str, Side],
    suspense: tuple[str, Side],
    line_id: UUID,
    booking: CreditBooking,
) -> tuple[Item, ...]:
    items = []
    for kind, (account, usual) in ((ItemKind.REVENUE, revenue), (ItemKind.SUSPENSE, suspense)):
        debit, credit = sides(amount, usual, booking)
        items.append(
            Item(kind=kind, account=account, debit=debit, credit=credit, line_ids=(line_id,))
        )
    return tuple(items)
