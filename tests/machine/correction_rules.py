"""Rules about what is put right later: credit notes lowered, invoices replaced or taken away."""

from decimal import Decimal
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from tests.machine.base import some
from tests.machine.credit_rules import CreditRules
from tests.machine.desk import CLERK
from tests.machine.invoice_rules import ALLOWS_NOTHING, LINES, as_typed, net_of
from tests.machine.money import total
from tests.machine.things import Invoice

from bordereau.invoices import (
    InvoiceInput,
    delete_invoices,
    edit_invoice,
    get_invoice,
    price_to_zero,
    replace_invoice,
)
from bordereau.store import TenantSession


class CorrectionRules(CreditRules):
    """What becomes of mistakes."""

    def notes(self) -> list[str]:
        """Return credit notes of invoices, drafts often."""
        found = [one for one in self.model.invoices.values() if one.original]
        drafts = [one.label for one in found if one.state == "draft"]
        return drafts * 4 + [one.label for one in found]

    @precondition(lambda self: self.notes())
    @rule(
        label=some(lambda self: self.notes()),
        what=st.sampled_from(["half", "half", "zero", "raise", "remove"]),
        place=st.integers(0, 5),
    )
    def change_a_note(self, label: str, what: str, place: int) -> None:
        """Lower or raise a line of a credit note, or take it out."""
        note = self.model.invoices[label]
        original = self.model.invoices[note.original or ""]
        lines = self.desk.rows(LINES, invoice=note.id)
        target = lines[place % len(lines)]
        kept = [line for line in lines if what != "remove" or line is not target]
        inputs = [as_typed(line, what if line is target else "") for line in kept]
        nets = {
            line.credits_line_id: net_of(one, note.currency)
            for line, one in zip(kept, inputs, strict=True)
        }
        expected = ALLOWS_NOTHING.get(note.state, "INVOICE_NUMBERED" if note.number else "")
        if not expected and not inputs:
            expected = "LINES_MISSING"
        for line, net in nets.items():
            expected = expected or self.refusal_of_line(original, note, line, net)
        if not expected:
            self.follow(original, note, nets)
        expected = expected or self.refusal_of_note(original, nets, without=note)

        def act(session: TenantSession) -> None:
            version = get_invoice(session, note.id).version
            changes = InvoiceInput(lines=inputs)
            edit_invoice(session, note.id, changes, version=version, actor=CLERK)

        self.desk.do(expected, act)
        if not expected:
            note.net = total(nets.values())
            note.tax = self.tax_of_note(original, nets, without=note)
            self.learn_takes(note)
            note.reopens &= note.touches

    def refusal_of_line(self, original: Invoice, note: Invoice, line: UUID, net: Decimal) -> str:
        """Refuse another amount of what is reopened, and more than is left behind a line."""
        left = self.left_of(original, without=note)
        behind = [row for row in self.options(original) if row.line == line]
        mine = [row for row in behind if row.id in note.takes] or behind
        reopens = any(row.key and self.desk.plain(row.key) in note.reopens for row in mine)
        if reopens and net != total(note.takes[row.id] for row in mine):
            return "REOPEN_NEEDS_WHOLE"
        most = total(left[row.id] for row in mine)
        return "CREDIT_TOO_LARGE" if net and not (most and 0 < net / most <= 1) else ""

    @precondition(lambda self: self.labels("issued"))
    @rule(label=some(lambda self: self.labels("issued")), place=st.integers(0, 5))
    def take_a_line_back(self, label: str, place: int) -> None:
        """Bring a line of an invoice with a number to price 0: what is left of it is credited."""
        invoice = self.model.invoices[label]
        if not invoice.number:
            return
        options = self.options(invoice)
        line = options[place % len(options)]
        left = self.left_of(invoice)
        rest = {one.id: left[one.id] for one in options if one.line == line.line and left[one.id]}
        expected = self.refusal_of_crediting(invoice)
        if not expected and not rest:
            expected = "ALREADY_CREDITED"
        taken = self.with_surcharges(invoice, rest)
        if not expected:
            expected = self.refusal_of_note(invoice, self.by_line(invoice, taken))

        def act(session: TenantSession) -> UUID:
            note = price_to_zero(session, invoice.id, line.line, actor=CLERK)
            self.date(session, note.id, invoice)
            return note.id

        note_id = self.desk.do(expected, act)
        if note_id is not None:
            self.take_note(note_id, invoice, total(taken.values()))

    def date(self, session: TenantSession, draft_id: UUID, invoice: Invoice) -> None:
        """Date a draft as today is in the story, but not before the invoice."""
        version = get_invoice(session, draft_id).version
        changes = InvoiceInput(issue_date=max(self.model.today, invoice.issue_date))
        edit_invoice(session, draft_id, changes, version=version, actor=CLERK)

    @precondition(lambda self: self.labels("issued"))
    @rule(label=some(lambda self: self.labels("issued")))
    def replace(self, label: str) -> None:
        """Credit what is left of an invoice, and draft it again to be changed."""
        invoice = self.model.invoices[label]
        left = total(self.left_of(invoice).values())
        is_left = any(self.left_of(invoice).values())
        expected = "INVOICE_REPLACED" if self.copy_of(invoice) else ""
        if not expected and is_left and self.notes_of(invoice):
            expected = "INVOICE_CREDITED"
        expected = expected or self.refusal_of_crediting(invoice)
        if not expected and not is_left:
            expected = "ALREADY_CREDITED"

        def act(session: TenantSession) -> tuple[UUID, UUID]:
            note, copy = replace_invoice(session, invoice.id, reason="Mistake", actor=CLERK)
            for one in (note.id, copy.id):
                self.date(session, one, invoice)
            return note.id, copy.id

        made = self.desk.do(expected, act)
        if made is None:
            return
        self.take_note(made[0], invoice, left)
        label = self.model.code("I")
        self.model.invoices[label] = Invoice(
            label=label,
            id=made[1],
            batch=None,
            seller=invoice.seller,
            customer=invoice.customer,
            currency=invoice.currency,
            sign=invoice.sign,
            net=invoice.net,
            tax=invoice.tax,
            issue_date=max(self.model.today, invoice.issue_date),
            items={},
            state="draft",
            replaces=invoice.label,
        )

    def copies(self) -> list[str]:
        """Return drafts that take the place of another invoice."""
        found = self.model.invoices.values()
        return [one.label for one in found if one.replaces and one.state == "draft"]

    @precondition(lambda self: self.copies())
    @rule(label=some(lambda self: self.copies()))
    def issue_a_replacement(self, label: str) -> None:
        """Give a copy its number together with the credit note of what it replaces."""
        copy = self.model.invoices[label]
        notes = self.notes_of(self.model.invoices[copy.replaces or ""])
        self.issue_together([*(one for one in notes if one.state == "draft"), copy])

    @precondition(lambda self: self.model.invoices)
    @rule(label=some(lambda self: self.labels("draft", "issued")))
    def take_away(self, label: str) -> None:
        """Delete collectively: a draft goes, an unused number is voided, the rest is refused."""
        invoice = self.model.invoices[label]
        expected = ALLOWS_NOTHING.get(invoice.state, "")
        if not expected and invoice.number:
            expected = self.refusal_of_voiding(invoice)
        expected = expected or self.refusal_without_copy(invoice)
        before = self.desk.print() if expected else ""
        outcome = self.desk.do(
            "",
            lambda session: delete_invoices(session, [invoice.id], reason="Mistake", actor=CLERK),
        )
        assert outcome is not None
        assert outcome[0].code == expected
        if expected:
            assert self.desk.print() == before, f"{expected} changed something"
        elif invoice.number:
            self.take_voided(invoice)
        else:
            self.drop(invoice)
