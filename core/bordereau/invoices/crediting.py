"""Credit notes: the whole invoice, an amount, or chosen items (rows B29, B61).

A credit settles money only. The charges behind it stay billed, unless they are chosen to be
reopened; those are billable again once the credit note has its number, and only those.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, update

from bordereau.charges import Charge, release
from bordereau.contract import DocumentKind
from bordereau.errors import Refused
from bordereau.invoices.amounts import ONE, Sums, positive, sums
from bordereau.invoices.credits import Creditable, check_left, creditable, refuse_drafted
from bordereau.invoices.documents import PREFIX
from bordereau.invoices.finding import get_invoice, must_allow
from bordereau.invoices.plumbing import among, ordered_ids
from bordereau.invoices.proposal import NewInvoice, NewLine, NewTax
from bordereau.invoices.rules.allowed import InvoiceAction
from bordereau.invoices.rules.credit import CreditLine, Pick, credit_all, credit_lines
from bordereau.invoices.shares import shared_out
from bordereau.invoices.storing import store
from bordereau.invoices.tables import Allocation, CreditedItem, Invoice
from bordereau.store import TenantSession, copy_rows
from bordereau.tenancy import Actor, Right, record_audit, today
from bordereau.values.ids import public_id, uuid7
from bordereau.values.money import round_amount

ORIGIN = "credit"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditWish:
    """What to credit of an invoice: everything that is left, unless something is given.

    Attributes:
        picks: chosen items, see `rules.credit.Pick`; a line without charges is named by its id.
        net: an amount before tax, shared out over what is left of every line.
        reopen: whether the charges of a whole credit become billable again.
        issue_date: of the credit note; today in the account's zone by default.
        reason: printed on the credit note as its first note.

    """

    picks: Sequence[Pick] = ()
    net: Decimal | None = None
    reopen: bool = False
    issue_date: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one invoice of a bulk action; `code` is empty where it was done."""

    invoice_id: UUID
    done: str = ""
    credit_id: UUID | None = None
    code: str = ""
    message: str = ""


def credit_invoice(
    session: TenantSession, invoice_id: UUID, wish: CreditWish, *, actor: Actor
) -> Invoice:
    """Draft a credit note, which may be lowered until it gets its number.

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: there is no such invoice.
        Refused: CREDIT_NOTE, CREDIT_DRAFTED, or as `rules.allowed` and `rules.credit`; a second
            credit of the same names the earlier ones in its details.

    """
    actor.must(Right.CREDIT)
    original = get_invoice(session, invoice_id, lock=True)
    must_allow(session, original, InvoiceAction.CREDIT)
    if original.kind != DocumentKind.INVOICE:
        raise Refused("CREDIT_NOTE", "A credit note is not credited.", hint="Write a new invoice.")
    found = creditable(session, invoice_id)
    try:
        chosen = _chosen(found, wish)
        refuse_drafted(session, [one.allocation_id for one in chosen if one.reopens])
    except Refused as refusal:
        refusal.details["earlier"] = found.earlier
        raise
    note, items = _note(session, found, chosen, wish)
    for _ in store(session, [note], state="draft"):
        store_items(session, note.id, items)
    details = {"original": public_id(PREFIX, invoice_id), "total": str(note.total)}
    record_audit(session, actor, "invoice.credit", public_id(PREFIX, note.id), details)
    return get_invoice(session, note.id)


def credit_invoices(
    session: TenantSession, invoice_ids: Iterable[UUID], wish: CreditWish, *, actor: Actor
) -> tuple[Outcome, ...]:
    """Draft credit notes for many invoices; one that refuses does not hold up the others.

    Raises:
        Forbidden: RIGHT_MISSING.

    """
    actor.must(Right.CREDIT)
    outcomes = []
    for invoice_id in dict.fromkeys(invoice_ids):
        try:
            note = credit_invoice(session, invoice_id, wish, actor=actor)
        except Refused as refusal:
            outcomes.append(Outcome(invoice_id, code=refusal.code, message=refusal.message))
        else:
            outcomes.append(Outcome(invoice_id, "credited", note.id))
    return tuple(outcomes)


class Item(NamedTuple):
    """A row of `CreditedItem` to be."""

    line_id: UUID
    allocation_id: UUID
    amount: Decimal
    reopen: bool


def _chosen(found: Creditable, wish: CreditWish) -> tuple[CreditLine, ...]:
    if wish.picks:
        return credit_lines(found.items, wish.picks)
    if wish.net is None:
        return credit_all(found.items, reopen=wish.reopen)
    left = [one for one in found.items if one.left]
    wanted = round_amount(wish.net, found.invoice.currency)
    if not 0 < wanted <= found.net:
        raise Refused(
            "CREDIT_TOO_LARGE",
            f"Of this invoice {found.net} before tax is left to be credited, not {wanted}.",
            hint="Lower the amount.",
        )
    shares = shared_out([one.left for one in left], wanted, found.invoice.currency)
    picks = [
        Pick(one.allocation_id, share) for one, share in zip(left, shares, strict=True) if share
    ]
    return credit_lines(found.items, picks)


def _note(
    session: TenantSession, found: Creditable, chosen: Sequence[CreditLine], wish: CreditWish
) -> tuple[NewInvoice, list[Item]]:
    """Compose the credit note: one line for each line of the invoice that is touched."""
    original, ids = found.invoice, ordered_ids()
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
    totals = credit_sums(lines, found)
    check_left(found, lines, totals)
    issue_date = wish.issue_date or today(session)
    note = replace(
        original,
        id=uuid7(),
        kind=DocumentKind.CREDIT_NOTE,
        origin=ORIGIN,
        draft_id=None,
        original_id=original.id,
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
    if amount == line.net:
        return replace(line, id=line_id, credits_line_id=line.id, sources=())
    quantity, price, discount = positive(ONE, round_amount(amount, currency), Decimal(0))
    return replace(
        line,
        id=line_id,
        credits_line_id=line.id,
        sources=(),
        quantity=quantity,
        unit="C62",
        unit_price=price,
        discount=discount,
        net=amount,
    )


def credit_sums(lines: Sequence[NewLine], found: Creditable) -> Sums:
    """Return the sums of a credit note; the last one of a tax takes what is left of it.

    Otherwise several partial credits could give back a cent more or less than was charged.
    """
    original = found.invoice
    totals = sums(lines, original.tax_policy, original.currency)
    charged = {(one.category, one.rate): one for one in original.taxes}
    nothing = NewTax("", Decimal(0), Decimal(0), Decimal(0), "")
    taxes = []
    for one in totals.taxes:
        whole = charged.get((one.category, one.rate), nothing)
        before = found.taxes.get((one.category, one.rate), nothing)
        last = one.taxable + before.taxable == whole.taxable
        rest = round_amount(whole.tax - before.tax, original.currency)
        taxes.append(replace(one, tax=rest) if last else one)
    tax = sum((one.tax for one in taxes), round_amount(Decimal(0), original.currency))
    return Sums(tuple(taxes), totals.net, tax, totals.net + tax)


def store_items(session: TenantSession, note_id: UUID, items: Iterable[Item]) -> None:
    """Insert what a credit note takes back of each allocation."""
    columns = ("id", "invoice_id", *Item._fields)
    copy_rows(session, CreditedItem, columns, ((uuid7(), note_id, *one) for one in items))


def settle_credits(session: TenantSession, note_ids: Collection[UUID]) -> int:
    """Reopen the chosen charges of credit notes that were just issued; return how many."""
    reopened = select(CreditedItem.allocation_id).where(
        among(CreditedItem.invoice_id, note_ids), CreditedItem.reopen
    )
    charges = session.scalars(
        update(Allocation)
        .where(Allocation.id.in_(reopened), Allocation.live)
        .values(live=False)
        .returning(Allocation.charge_id),
        execution_options={"synchronize_session": False},
    ).all()
    return release(session, among(Charge.id, charges), reopened=True) if charges else 0
