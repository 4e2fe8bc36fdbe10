"""Credit notes: the whole invoice, an amount, or chosen items (rows B29, B61).

A credit settles money only. The charges behind it stay billed, unless they are chosen to be
reopened; those are billable again once the credit note has its number, and only those.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select, update

from bordereau.charges import Charge, release
from bordereau.contract import DocumentKind
from bordereau.errors import Invalid, NotFound, Refused
from bordereau.invoices.composing.shares import shared_out
from bordereau.invoices.credits.left import Creditable, creditable, refuse_drafted
from bordereau.invoices.credits.notes import CreditWish, credit_note, store_items
from bordereau.invoices.credits.replaced import refuse_replaced
from bordereau.invoices.credits.surcharges import with_surcharges
from bordereau.invoices.documents import PREFIX
from bordereau.invoices.finding import get_invoice, must_allow
from bordereau.invoices.rules.allowed import InvoiceAction
from bordereau.invoices.rules.credit import Credited, CreditLine, Pick, credit_all, credit_lines
from bordereau.invoices.storing import store
from bordereau.invoices.tables import Allocation, CreditedItem, Invoice
from bordereau.store import TenantSession, among
from bordereau.tenancy import Actor, Right, record_audit
from bordereau.values.ids import public_id
from bordereau.values.money import round_amount


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
        Invalid: CREDIT_CHOICE_MIXED, AMOUNT_NOT_ROUND, or CREDIT_BEFORE_INVOICE.
        Refused: CREDIT_NOTE, CREDIT_DRAFTED, INVOICE_REPLACED where charges shall be reopened that
            its copy bills, or as `rules.allowed` and `rules.credit`; a second credit of the same
            names the earlier ones in its details.

    """
    actor.must(Right.CREDIT)
    _check(wish)
    original = get_invoice(session, invoice_id, lock=True)
    must_allow(session, original, InvoiceAction.CREDIT)
    if original.kind != DocumentKind.INVOICE:
        raise Refused("CREDIT_NOTE", "A credit note is not credited.", hint="Write a new invoice.")
    found = creditable(session, invoice_id)
    try:
        chosen = _chosen(found, wish)
        if reopened := [one.allocation_id for one in chosen if one.reopens]:
            refuse_replaced(session, invoice_id)
            refuse_drafted(session, reopened)
    except Refused as refusal:
        refusal.details["earlier"] = found.earlier
        raise
    note, items = credit_note(session, found, chosen, wish)
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
        except (NotFound, Refused) as refusal:
            outcomes.append(Outcome(invoice_id, code=refusal.code, message=refusal.message))
        else:
            outcomes.append(Outcome(invoice_id, "credited", note.id))
    return tuple(outcomes)


def _check(wish: CreditWish) -> None:
    """Refuse a wish that says two things: each way to choose stands alone.

    Raises:
        Invalid: CREDIT_CHOICE_MIXED.

    """
    if wish.picks and wish.net is not None:
        raise Invalid(
            "CREDIT_CHOICE_MIXED",
            "A credit is of items or of an amount, not of both.",
            where="net",
            hint="Give each item its amount, or leave the items out.",
        )
    if wish.reopen and (wish.picks or wish.net is not None):
        raise Invalid(
            "CREDIT_CHOICE_MIXED",
            "Reopening everything goes only with a credit of everything that is left.",
            where="reopen",
            hint="Pick the items, and say for each whether it becomes billable again.",
        )


def _chosen(found: Creditable, wish: CreditWish) -> tuple[CreditLine, ...]:
    currency = found.invoice.currency
    if wish.picks:
        for pick in wish.picks:
            if pick.amount is not None:
                _must_be_round(pick.amount, currency, "items")
        return with_surcharges(found, credit_lines(found.items, wish.picks))
    if wish.net is None:
        return credit_all(found.items, reopen=wish.reopen)
    _must_be_round(wish.net, currency, "net")
    if not 0 < wish.net <= found.net:
        raise Refused(
            "CREDIT_TOO_LARGE",
            f"Of this invoice {found.net} before tax is left to be credited, not {wish.net}.",
            hint="Lower the amount.",
        )
    return credit_lines(found.items, _shares(found, wish.net))


def _shares(found: Creditable, net: Decimal) -> list[Pick]:
    """Share an amount out over the lines, and what each gets over the items behind it.

    Where items of a line reduce each other, shares over all items could add up to more than is
    left of that line.
    """
    behind: dict[UUID, list[Credited]] = defaultdict(list)
    for one in found.items:
        if one.left:
            behind[found.line_of[one.allocation_id]].append(one)
    currency, picks = found.invoice.currency, []
    lines = shared_out([found.line_left[line] for line in behind], net, currency)
    for items, amount in zip(behind.values(), lines, strict=True):
        shares = shared_out([one.left for one in items], amount, currency)
        picks += [
            Pick(one.allocation_id, share)
            for one, share in zip(items, shares, strict=True)
            if share
        ]
    return picks


def _must_be_round(amount: Decimal, currency: str, where: str) -> None:
    """Refuse an amount that the currency has no coins for.

    Raises:
        Invalid: AMOUNT_NOT_ROUND.

    """
    if amount != round_amount(amount, currency):
        raise Invalid(
            "AMOUNT_NOT_ROUND",
            f"{amount} has more decimals than {currency} has.",
            where=where,
            hint="Round the amount.",
        )


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
