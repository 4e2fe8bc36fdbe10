"""Rules about invoices: edited and deleted without a number, voided or credited with one."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import text
from tests.machine.base import some
from tests.machine.desk import CLERK
from tests.machine.money import ZERO, rounded, total
from tests.machine.numbering_rules import NumberingRules
from tests.machine.proposing import tax_on
from tests.machine.things import Invoice
from tests.machine.world import CUSTOMERS, SELLERS, TAXES, UNTAXED, Tax

from bordereau.contract import Fact
from bordereau.invoices import (
    InvoiceInput,
    LineInput,
    NewFact,
    delete_invoice,
    edit_invoice,
    get_invoice,
    record_facts,
    void_invoice,
    write_invoice,
)
from bordereau.store import TenantSession

LINES = text("""\
select l.id, l.type, l.name, l.quantity, l.unit, l.unit_price, l.discount, l.net, l.tax_code_id,
  l.tax_category, l.tax_rate, l.tax_code, l.period_start, l.period_end, l.credits_line_id,
  l.replaces_line_id,
  (select jsonb_object_agg(c.source_key, o.amount::text) from allocation o
    join charge c on c.tenant_id = o.tenant_id and c.id = o.charge_id
    where o.tenant_id = l.tenant_id and o.line_id = l.id) as amounts
from invoice_line l where l.tenant_id = :tenant and l.invoice_id = :invoice order by l.position""")
CODES = text("select code, id from tax_code where tenant_id = :tenant")
IDS = text("""\
select u.id as customer, a.id as seller
from customer u join administration a on a.tenant_id = u.tenant_id
where u.tenant_id = :tenant and u.code = :customer and a.code = :seller""")
SURCHARGE = "5"
ALLOWS_NOTHING = {"proposed": "INVOICE_PROPOSED", "voided": "INVOICE_VOIDED"}


class InvoiceRules(NumberingRules):
    """What becomes of single invoices."""

    def labels(self, *states: str) -> list[str]:
        """Return invoices in these states often, and any others to be refused."""
        found = self.model.invoices.values()
        return [one.label for one in found if one.state in states] * 4 + list(self.model.invoices)

    def notes_of(self, invoice: Invoice) -> list[Invoice]:
        """Return the credit notes of an invoice that count."""
        return [
            one
            for one in self.model.invoices.values()
            if one.original == invoice.label and one.state != "voided"
        ]

    def copy_of(self, invoice: Invoice | None) -> Invoice | None:
        """Return the invoice that takes the place of another one, if there is one."""
        copies = [one for one in self.model.invoices.values() if one.state != "voided"]
        found = (one for one in copies if invoice and one.replaces == invoice.label)
        return next(found, None)

    def refusal_without_copy(self, note: Invoice) -> str:
        """Refuse to take away a credit note as long as its invoice has a copy."""
        original = self.model.invoices.get(note.original or "")
        return "REPLACEMENT_EXISTS" if self.copy_of(original) else ""

    @precondition(lambda self: self.model.invoices)
    @rule(
        label=some(lambda self: self.labels("draft")),
        what=st.sampled_from(["raise", "zero", "remove", "add"]),
        place=st.integers(0, 5),
        price=st.sampled_from([Decimal("12.345"), Decimal(-700)]),
        tax=st.sampled_from(sorted(TAXES)),
    )
    def edit(self, label: str, what: str, place: int, price: Decimal, tax: str) -> None:
        """Change, remove or add a line; sums, taxes and surcharges follow."""
        invoice = self.model.invoices[label]
        if invoice.original:
            return
        lines, money = self.desk.rows(LINES, invoice=invoice.id), invoice.currency
        typed = [line for line in lines if invoice.replaces or line.type != SURCHARGE]
        target = typed[place % len(typed)]
        kept = [line for line in typed if what != "remove" or line is not target]
        inputs = [as_typed(line, what if line is target else "") for line in kept]
        if what == "add":
            code_id = dict(self.desk.rows(CODES))[tax]
            inputs.append(LineInput(name="By hand", unit_price=price, tax_code_id=code_id))
        expected = ALLOWS_NOTHING.get(invoice.state, "INVOICE_NUMBERED" if invoice.number else "")
        if not expected and not inputs:
            expected = "LINES_MISSING"

        def act(session: TenantSession) -> None:
            version = get_invoice(session, invoice.id).version
            changes = InvoiceInput(lines=inputs)
            edit_invoice(session, invoice.id, changes, version=version, actor=CLERK)

        self.desk.do(expected, act)
        if not expected:
            taxes = {line.id: Tax(line.tax_category, line.tax_rate) for line in typed}
            nets = [(taxes[one.id], net_of(one, money)) for one in inputs if one.id]
            nets += [(TAXES[tax], rounded(price, money))] if what == "add" else []
            gone = target if what == "remove" else None
            self.take_edited(invoice, nets, gone, surcharged=len(typed) < len(lines))

    def take_edited(
        self, invoice: Invoice, nets: list[tuple[Tax, Decimal]], gone: Any, *, surcharged: bool
    ) -> None:
        """Note what an edited draft adds up to now, and free what is no longer on it."""
        freed = [self.desk.plain(key) for key in (gone.amounts or {})] if gone else []
        self.free([self.model.items[key] for key in freed])
        lines = self.desk.rows(LINES, invoice=invoice.id)
        before = invoice.sign
        invoice.items = {}
        for line in lines:
            amounts = {
                self.desk.plain(key): Decimal(net) for key, net in (line.amounts or {}).items()
            }
            invoice.items |= amounts
        invoice.live = set(invoice.items)
        nets = [(tax, before * net) for tax, net in nets]
        if surcharged:
            nets += self.surcharges_on(invoice)
        net = total(one for _, one in nets)
        tax = tax_on(nets, SELLERS[invoice.seller].tax_policy, invoice.currency)
        invoice.sign = before if net + tax == 0 else (1 if net + tax > 0 else -1)
        invoice.net, invoice.tax = invoice.sign * net, invoice.sign * tax
        for line in lines:
            amounts = {
                self.desk.plain(key): Decimal(net) for key, net in (line.amounts or {}).items()
            }
            assert not amounts or total(amounts.values()) == invoice.sign * line.net

    def surcharges_on(self, invoice: Invoice) -> list[tuple[Tax, Decimal]]:
        bases: dict[str, Decimal] = {}
        for key, amount in invoice.items.items():
            item = self.model.items[key]
            if item.surcharge:
                code = item.tax or ""
                bases[code] = bases.get(code, ZERO) + amount * item.surcharge / 100
        return [
            (TAXES[code] if code else UNTAXED, rounded(base, invoice.currency))
            for code, base in bases.items()
        ]

    @precondition(lambda self: self.model.invoices)
    @rule(label=some(lambda self: self.labels("draft")))
    def delete_an_invoice(self, label: str) -> None:
        invoice = self.model.invoices[label]
        expected = ALLOWS_NOTHING.get(invoice.state, "INVOICE_NUMBERED" if invoice.number else "")
        expected = expected or self.refusal_without_copy(invoice)
        self.desk.do(expected, lambda session: delete_invoice(session, invoice.id, actor=CLERK))
        if not expected:
            self.drop(invoice)

    def drop(self, invoice: Invoice) -> None:
        del self.model.invoices[invoice.label]
        self.free([self.model.items[key] for key in invoice.items])

    @precondition(lambda self: self.model.invoices)
    @rule(label=some(lambda self: self.labels("issued")))
    def void(self, label: str) -> None:
        invoice = self.model.invoices[label]
        expected = self.refusal_of_voiding(invoice)
        self.desk.do(
            expected,
            lambda session: void_invoice(session, invoice.id, reason="Mistake", actor=CLERK),
        )
        if not expected:
            self.take_voided(invoice)

    def take_voided(self, invoice: Invoice) -> None:
        invoice.state = "voided"
        self.free([self.model.items[key] for key in invoice.live])
        invoice.live = set()

    def refusal_of_voiding(self, invoice: Invoice) -> str:
        if refusal := ALLOWS_NOTHING.get(invoice.state):
            return refusal
        if not invoice.number:
            return "INVOICE_UNNUMBERED"
        notes = self.notes_of(invoice)
        if any(one.state == "issued" and one.total for one in notes):
            return "INVOICE_CREDITED"
        if invoice.facts:
            return "INVOICE_DELIVERED"
        if refusal := self.refusal_without_copy(invoice):
            return refusal
        if any(one.state == "issued" for one in notes):
            return "INVOICE_CREDITED"
        if any(one.state == "draft" for one in notes):
            return "CREDIT_DRAFTED"
        original = self.model.invoices.get(invoice.original or "")
        if original is None:
            return ""
        if invoice.touches - original.live:
            return "CREDIT_REOPENED"
        drafts = [one for one in self.notes_of(original) if one.state == "draft"]
        drafted = any(invoice.touches & one.touches for one in drafts)
        return "CREDIT_DRAFTED" if drafted else ""

    @precondition(lambda self: self.labels("issued"))
    @rule(label=some(lambda self: self.labels("issued")))
    def email(self, label: str) -> None:
        """Note that an invoice was e-mailed, which stands against voiding it."""
        invoice = self.model.invoices[label]
        if invoice.state == "issued":
            fact = NewFact(invoice_id=invoice.id, kind=Fact.EMAILED)
            self.desk.do("", lambda session: record_facts(session, [fact]))
            invoice.facts = True

    @rule(
        customer=st.sampled_from(sorted(CUSTOMERS)),
        seller=st.sampled_from(sorted(SELLERS)),
        price=st.sampled_from([Decimal("99.99"), Decimal("-12.5"), Decimal(0)]),
        tax=st.sampled_from(sorted(TAXES)),
    )
    def write(self, customer: str, seller: str, price: Decimal, tax: str) -> None:
        """Write an invoice by hand, of which no charge knows."""
        ids = self.desk.rows(IDS, customer=customer, seller=seller)[0]
        line = LineInput(
            name="By hand", unit_price=price, tax_code_id=dict(self.desk.rows(CODES))[tax]
        )
        typed = InvoiceInput(issue_date=self.model.today, lines=[line])

        def act(session: TenantSession) -> UUID:
            made = write_invoice(
                session, ids.customer, typed, actor=CLERK, administration_id=ids.seller
            )
            return made.id

        made_id = self.desk.do("", act)
        assert made_id is not None
        currency = self.model.customers[customer].currency
        net = rounded(price, currency)
        due = tax_on([(TAXES[tax], net)], SELLERS[seller].tax_policy, currency)
        label, sign = self.model.code("I"), 1 if net + due >= 0 else -1
        self.model.invoices[label] = Invoice(
            label=label,
            id=made_id,
            batch=None,
            seller=seller,
            customer=customer,
            currency=currency,
            sign=sign,
            net=sign * net,
            tax=sign * due,
            issue_date=self.model.today,
            items={},
            state="draft",
        )


def as_typed(line: Any, what: str) -> LineInput:
    """Return a line as a person sends it back."""
    factor = {"raise": Decimal(2), "half": Decimal("0.5"), "zero": ZERO}.get(what, Decimal(1))
    return LineInput(
        id=line.id,
        name=line.name,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price * factor,
        discount=line.discount * factor,
        tax_code_id=line.tax_code_id,
        period_start=line.period_start,
        period_end=line.period_end,
    )


def net_of(line: LineInput, currency: str) -> Decimal:
    """Return what a typed line comes to."""
    return rounded(line.quantity * line.unit_price, currency) - rounded(line.discount, currency)
