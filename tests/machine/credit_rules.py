"""Rules about credit notes: the whole, an amount, or chosen items; reopened or settled only."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from tests.machine.base import some
from tests.machine.desk import CLERK
from tests.machine.invoice_rules import ALLOWS_NOTHING, LINES
from tests.machine.issuing_rules import IssuingRules
from tests.machine.money import ZERO, rounded, total
from tests.machine.note_sums import TAKEN
from tests.machine.things import Invoice

from bordereau.invoices import CreditWish, Pick, credit_invoice
from bordereau.store import TenantSession


class CreditRules(IssuingRules):
    """What an accountant takes back."""

    @precondition(lambda self: self.model.invoices)
    @rule(
        label=some(lambda self: self.labels("issued")), reopen=st.booleans(), at_once=st.booleans()
    )
    def credit_the_whole(self, label: str, *, reopen: bool, at_once: bool) -> None:
        invoice = self.model.invoices[label]
        options = {row.id: row for row in self.options(invoice)}
        left = {
            key: one
            for key, one in self.left_of(invoice).items()
            if one or (reopen and self.reopens_at_nil(invoice, options[key]))
        }
        expected = self.refusal_of_crediting(invoice) or ("" if left else "ALREADY_CREDITED")
        if not expected and reopen:
            expected = self.refusal_of_reopening(invoice, left)
        expected = expected or self.refusal_of_date(invoice)
        wish = CreditWish(reopen=reopen, issue_date=self.model.today)
        self.credit(expected, invoice, wish, total(left.values()), left if reopen else {})
        self.finish(at_once=at_once and not expected)

    def reopens_at_nil(self, invoice: Invoice, option: Any) -> bool:
        """Say whether a charge was billed at nil, so that a credit can only free it."""
        return (
            not option.amount and bool(option.key) and self.desk.plain(option.key) in invoice.live
        )

    def refusal_of_date(self, invoice: Invoice) -> str:
        return "CREDIT_BEFORE_INVOICE" if self.model.today < invoice.issue_date else ""

    def finish(self, *, at_once: bool) -> None:
        """Give the credit note that was just drafted its number."""
        if at_once:
            self.issue(list(self.model.invoices)[-1])

    @precondition(lambda self: self.model.invoices)
    @rule(
        label=some(lambda self: self.labels("issued")),
        place=st.integers(0, 6),
        part=st.sampled_from([None, Decimal(1), Decimal("0.5"), Decimal("1.01")]),
        reopen=st.booleans(),
        at_once=st.booleans(),
    )
    def credit_an_item(
        self, label: str, place: int, part: Decimal | None, *, reopen: bool, at_once: bool
    ) -> None:
        """Credit one thing, wholly or in part; only what is credited wholly can be reopened."""
        invoice = self.model.invoices[label]
        options = self.options(invoice)
        option = options[place % len(options)]
        left = self.left_of(invoice)[option.id]
        amount = None if part is None else rounded(left * part, invoice.currency)
        taken = left if amount is None else amount
        expected = self.refusal_of_crediting(invoice)
        nil = reopen and not amount and self.reopens_at_nil(invoice, option)
        if not expected and not nil:
            expected = self.refusal_of_picking(left, amount, reopen=reopen)
        picks = [Pick(option.id, amount, reopen)]
        done = self.credit_picks(expected, invoice, picks, {option.id: taken})
        self.finish(at_once=at_once and done)

    def credit_picks(
        self, expected: str, invoice: Invoice, picks: list[Pick], taken: dict[UUID, Decimal]
    ) -> bool:
        """Credit what is picked with the surcharges on it, and say whether that was not refused."""
        reopens = {one.allocation_id: taken[one.allocation_id] for one in picks if one.reopen}
        expected = expected or self.refusal_of_reopening(invoice, reopens)
        expected = expected or self.refusal_of_date(invoice)
        if not expected:
            taken = self.with_surcharges(invoice, taken)
            expected = self.refusal_of_note(invoice, self.by_line(invoice, taken))
        wish = CreditWish(picks=picks, issue_date=self.model.today)
        self.credit(expected, invoice, wish, total(taken.values()), reopens)
        return not expected

    def refusal_of_reopening(self, invoice: Invoice, picked: Collection[UUID]) -> str:
        """Refuse to free what a copy bills, or what a credit note without a number takes back."""
        charges = {row.id for row in self.options(invoice) if row.key} & set(picked)
        if charges and self.copy_of(invoice):
            return "INVOICE_REPLACED"
        drafts = [one for one in self.notes_of(invoice) if one.state == "draft"]
        drafted = any(charges & one.takes.keys() for one in drafts)
        return "CREDIT_DRAFTED" if drafted else ""

    def refusal_of_picking(self, left: Decimal, amount: Decimal | None, *, reopen: bool) -> str:
        if not left:
            return "ALREADY_CREDITED"
        if amount is not None and not 0 < amount / left <= 1:
            return "CREDIT_TOO_LARGE"
        return "REOPEN_NEEDS_WHOLE" if reopen and amount not in {None, left} else ""

    @precondition(lambda self: self.model.invoices)
    @rule(
        label=some(lambda self: self.labels("issued")),
        part=st.sampled_from([Decimal("0.3"), Decimal("0.999"), Decimal(1), Decimal(2)]),
    )
    def credit_an_amount(self, label: str, part: Decimal) -> None:
        """Credit an amount, shared out over everything that is left."""
        invoice = self.model.invoices[label]
        left = total(self.left_of(invoice).values())
        amount = rounded(left * part, invoice.currency)
        expected = self.refusal_of_crediting(invoice)
        if not expected and not 0 < amount <= left:
            expected = "CREDIT_TOO_LARGE"
        expected = expected or self.refusal_of_date(invoice)
        wish = CreditWish(net=amount, issue_date=self.model.today)
        self.credit(expected, invoice, wish, amount, {})

    def refusal_of_crediting(self, invoice: Invoice) -> str:
        if refusal := ALLOWS_NOTHING.get(invoice.state):
            return refusal
        if not invoice.number:
            return "INVOICE_UNNUMBERED"
        return "CREDIT_NOTE" if invoice.sign < 0 else ""

    def credit(
        self,
        expected: str,
        invoice: Invoice,
        wish: CreditWish,
        net: Decimal,
        reopens: Collection[UUID],
    ) -> None:
        def act(session: TenantSession) -> UUID:
            return credit_invoice(session, invoice.id, wish, actor=CLERK).id

        note_id = self.desk.do(expected, act)
        if note_id is not None:
            self.take_note(note_id, invoice, net, reopens)

    def take_note(
        self, note_id: UUID, invoice: Invoice, net: Decimal, reopens: Collection[UUID] = ()
    ) -> None:
        """Know a credit note; a last one takes what is left of the invoice, to the cent."""
        stored = next(one for one in self.desk.invoices() if one.id == note_id)
        keys = self.keys_of(invoice)
        lines = self.desk.rows(LINES, invoice=note_id)
        nets: dict[UUID, Decimal] = {line.credits_line_id: line.net for line in lines}
        label = self.model.code("I")
        self.model.invoices[label] = note = Invoice(
            label=label,
            id=note_id,
            batch=None,
            seller=invoice.seller,
            customer=invoice.customer,
            currency=invoice.currency,
            sign=-1,
            net=net,
            tax=self.tax_of_note(invoice, nets),
            issue_date=stored.issue_date,
            items={},
            state="draft",
            original=invoice.label,
            reopens={keys[one] for one in reopens if one in keys},
        )
        self.learn_takes(note)
        if all(one == ZERO for one in self.left_of(invoice).values()):
            assert total(one.tax for one in self.notes_of(invoice)) == invoice.tax

    def keys_of(self, invoice: Invoice) -> dict[UUID, str]:
        """Return the keys of the charges by what can be picked."""
        return {row.id: self.desk.plain(row.key) for row in self.options(invoice) if row.key}

    def learn_takes(self, note: Invoice) -> None:
        """Note what a credit note takes back of each thing."""
        keys = self.keys_of(self.model.invoices[note.original or ""])
        note.takes = {row.id: row.amount for row in self.desk.rows(TAKEN, invoice=note.id)}
        note.touches = {keys[one] for one in note.takes if one in keys}
        assert total(note.takes.values()) == note.net
