"""Rules about credit notes: the whole, an amount, or chosen items; reopened or settled only."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import text
from tests.machine.base import some
from tests.machine.desk import CLERK
from tests.machine.invoice_rules import ALLOWS_NOTHING, InvoiceRules
from tests.machine.money import ZERO, rounded, share, total
from tests.machine.things import Invoice

from bordereau.invoices import CreditWish, Pick, credit_invoice
from bordereau.store import TenantSession

# What can be picked: the charges behind a line, or a line with none behind it.
OPTIONS = text("""\
select coalesce(o.id, l.id) as id, l.id as line, l.tax_rate, c.source_key as key,
  coalesce(o.amount, l.net) as amount
from invoice_line l
left join allocation o on o.tenant_id = l.tenant_id and o.line_id = l.id
left join charge c on c.tenant_id = o.tenant_id and c.id = o.charge_id
where l.tenant_id = :tenant and l.invoice_id = :invoice order by l.position, c.source_key""")
TAKEN = text("""\
select coalesce(t.allocation_id, l.credits_line_id) as id, coalesce(t.amount, l.net) as amount
from invoice_line l
left join credited_item t on t.tenant_id = l.tenant_id and t.line_id = l.id
where l.tenant_id = :tenant and l.invoice_id = :invoice""")


class CreditRules(InvoiceRules):
    """What an accountant takes back."""

    def left_of(self, invoice: Invoice) -> dict[UUID, Decimal]:
        """Return what no credit note has taken of each thing that can be picked."""
        left = {row.id: row.amount for row in self.options(invoice)}
        for note in self.notes_of(invoice):
            for key, amount in note.takes.items():
                left[key] -= amount
        return left

    def options(self, invoice: Invoice) -> list[Any]:
        return self.desk.rows(OPTIONS, invoice=invoice.id)

    @precondition(lambda self: self.model.invoices)
    @rule(
        label=some(lambda self: self.labels("issued")), reopen=st.booleans(), at_once=st.booleans()
    )
    def credit_the_whole(self, label: str, *, reopen: bool, at_once: bool) -> None:
        invoice = self.model.invoices[label]
        left = {key: one for key, one in self.left_of(invoice).items() if one}
        expected = self.refusal_of_crediting(invoice) or ("" if left else "ALREADY_CREDITED")
        if not expected and reopen and self.is_drafted(invoice, left):
            expected = "CREDIT_DRAFTED"
        wish = CreditWish(reopen=reopen, issue_date=self.model.today)
        self.credit(expected, invoice, wish, total(left.values()), left if reopen else {})
        self.finish(at_once=at_once and not expected)

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
        all_left = self.left_of(invoice)
        left = all_left[option.id]
        amount = None if part is None else rounded(left * part, invoice.currency)
        taken = left if amount is None else amount
        expected = self.refusal_of_crediting(invoice)
        if not expected:
            expected = self.refusal_of_picking(left, amount, reopen=reopen)
        if not expected and reopen and self.is_drafted(invoice, [option.id]):
            expected = "CREDIT_DRAFTED"
        if not expected:
            of_line = total(all_left[one.id] for one in options if one.line == option.line)
            due = share(taken, option.tax_rate, invoice.currency)
            expected = self.refusal_of_sums(invoice, taken, of_line, due)
        wish = CreditWish(picks=[Pick(option.id, amount, reopen)], issue_date=self.model.today)
        self.credit(expected, invoice, wish, taken, {option.id: taken} if reopen else {})
        self.finish(at_once=at_once and not expected)

    def is_drafted(self, invoice: Invoice, picked: Collection[UUID]) -> bool:
        """Say whether a credit note without a number takes back of the charges among these."""
        charges = {row.id for row in self.options(invoice) if row.key} & set(picked)
        drafts = [one for one in self.notes_of(invoice) if one.state == "draft"]
        return any(charges & one.takes.keys() for one in drafts)

    def refusal_of_sums(
        self, invoice: Invoice, net: Decimal, of_line: Decimal, tax: Decimal
    ) -> str:
        """Refuse more than is left of the line or the invoice, and what would ask for money."""
        if not of_line or not 0 < net / of_line <= 1:
            return "CREDIT_TOO_LARGE"
        notes = self.notes_of(invoice)
        left = invoice.net - total(one.net for one in notes)
        if net < 0 <= left:
            return "CREDIT_NEGATIVE"
        due = invoice.total - total(one.total for one in notes)
        return "CREDIT_TOO_LARGE" if net > left or net + tax > due else ""

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
        wish = CreditWish(net=amount, issue_date=self.model.today)
        self.credit(expected, invoice, wish, amount, {})

    def refusal_of_crediting(self, invoice: Invoice) -> str:
        if refusal := ALLOWS_NOTHING.get(invoice.state):
            return refusal
        if not invoice.number:
            return "INVOICE_UNNUMBERED"
        credited = total(one.total for one in self.notes_of(invoice) if one.number)
        if invoice.total and credited == invoice.total:
            return "ALREADY_CREDITED"
        return "CREDIT_NOTE" if invoice.sign < 0 else ""

    def credit(
        self,
        expected: str,
        invoice: Invoice,
        wish: CreditWish,
        net: Decimal,
        reopens: dict[UUID, Decimal],
    ) -> None:
        """Draft a credit note; a last one takes what is left of the invoice, to the cent."""

        def act(session: TenantSession) -> UUID:
            return credit_invoice(session, invoice.id, wish, actor=CLERK).id

        note_id = self.desk.do(expected, act)
        if note_id is None:
            return
        stored = next(one for one in self.desk.invoices() if one.id == note_id)
        earlier = self.notes_of(invoice)
        keys = {row.id: self.desk.plain(row.key) for row in self.options(invoice) if row.key}
        taken = self.desk.rows(TAKEN, invoice=note_id)
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
            tax=stored.tax,
            issue_date=self.model.today,
            items={},
            state="draft",
            original=invoice.label,
            takes={row.id: row.amount for row in taken},
            touches={keys[row.id] for row in taken if row.id in keys},
            reopens={keys[one] for one in reopens if one in keys},
        )
        assert total(note.takes.values()) == net
        if all(one == ZERO for one in self.left_of(invoice).values()):
            assert note.tax + total(one.tax for one in earlier) == invoice.tax
