"""What a credit note may take back of its invoice, and the tax that goes with it."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from tests.machine.invoice_rules import LINES, SURCHARGE, InvoiceRules
from tests.machine.money import ZERO, rounded, total
from tests.machine.proposing import tax_on
from tests.machine.things import Invoice
from tests.machine.world import SELLERS, Tax

from bordereau.invoices.composing.shares import shared_out

# What can be picked: the charges behind a line, or a line with none behind it.
OPTIONS = text("""\
select coalesce(o.id, l.id) as id, l.id as line, l.tax_code, l.tax_category, l.tax_rate,
  c.source_key as key, coalesce(o.amount, l.net) as amount
from invoice_line l
left join allocation o on o.tenant_id = l.tenant_id and o.line_id = l.id
left join charge c on c.tenant_id = o.tenant_id and c.id = o.charge_id
where l.tenant_id = :tenant and l.invoice_id = :invoice order by l.position, c.source_key""")
TAKEN = text("""\
select coalesce(t.allocation_id, l.credits_line_id) as id, coalesce(t.amount, l.net) as amount
from invoice_line l
left join credited_item t on t.tenant_id = l.tenant_id and t.line_id = l.id
where l.tenant_id = :tenant and l.invoice_id = :invoice and (t.id is not null or l.net <> 0)""")
TAXES = text("""\
select category, rate, sum(tax) as tax from invoice_tax
where tenant_id = :tenant and invoice_id = any(:invoices) group by category, rate""")


class NoteSums(InvoiceRules):
    """How much is left of an invoice."""

    def options(self, invoice: Invoice) -> list[Any]:
        return self.desk.rows(OPTIONS, invoice=invoice.id)

    def left_of(self, invoice: Invoice, without: Invoice | None = None) -> dict[UUID, Decimal]:
        """Return what no credit note, or no other one, has taken of each thing to pick."""
        left = {row.id: row.amount for row in self.options(invoice)}
        for note in self.others(invoice, without):
            for key, amount in note.takes.items():
                left[key] -= amount
        return left

    def others(self, invoice: Invoice, without: Invoice | None) -> list[Invoice]:
        return [one for one in self.notes_of(invoice) if one is not without]

    def by_line(self, invoice: Invoice, amounts: Mapping[UUID, Decimal]) -> dict[UUID, Decimal]:
        """Add up by line of the invoice what is said of things to pick."""
        nets: dict[UUID, Decimal] = defaultdict(Decimal)
        for row in self.options(invoice):
            if row.id in amounts:
                nets[row.line] += amounts[row.id]
        return nets

    def refusal_of_note(
        self, invoice: Invoice, nets: Mapping[UUID, Decimal], without: Invoice | None = None
    ) -> str:
        """Refuse more than is left of a line or the invoice, and what would ask for money."""
        left = self.by_line(invoice, self.left_of(invoice, without))
        for line, net in nets.items():
            if net and not (left[line] and 0 < net / left[line] <= 1):
                return "CREDIT_TOO_LARGE"
        others, net = self.others(invoice, without), total(nets.values())
        most = invoice.net - total(one.net for one in others)
        due = invoice.total - total(one.total for one in others)
        taxed = net + self.tax_of_note(invoice, nets, without)
        if net < 0 <= most or taxed < 0 <= due:
            return "CREDIT_NEGATIVE"
        return "CREDIT_TOO_LARGE" if net > most or taxed > due else ""

    def tax_of_note(
        self, invoice: Invoice, nets: Mapping[UUID, Decimal], without: Invoice | None = None
    ) -> Decimal:
        """Reckon the tax of a credit note: that of all that is credited then, less the earlier."""
        lines = self.desk.rows(LINES, invoice=invoice.id)
        left = self.by_line(invoice, self.left_of(invoice, without))
        taxes = {line.id: Tax(line.tax_category, line.tax_rate) for line in lines}
        earlier = self.taxes_on([one.id for one in self.others(invoice, without)])
        charged, due = self.taxes_on([invoice.id]), ZERO
        for tax in {taxes[line] for line in nets}:
            mine = [line for line in lines if taxes[line.id] == tax]
            credited = [(tax, line.net - left[line.id] + nets.get(line.id, ZERO)) for line in mine]
            added = tax_on(credited, SELLERS[invoice.seller].tax_policy, invoice.currency)
            added -= earlier[tax]
            signs = {line.net > 0 for line in mine if line.net}
            if len(signs) < 2:  # where lines reduce each other, tax may run ahead for a while
                low, high = sorted((ZERO, charged[tax] - earlier[tax]))
                added = min(max(added, low), high)
            due += added
        return due

    def taxes_on(self, ids: Collection[UUID]) -> dict[Tax, Decimal]:
        """Return the taxes of invoices."""
        found: dict[Tax, Decimal] = defaultdict(Decimal)
        for row in self.desk.rows(TAXES, invoices=list(ids)):
            found[Tax(row.category, row.rate)] = row.tax
        return found

    def with_surcharges(
        self, invoice: Invoice, picked: Mapping[UUID, Decimal]
    ) -> dict[UUID, Decimal]:
        """Return what is picked, and the surcharges on it that go back along with it."""
        left, found = self.left_of(invoice), dict(picked)
        for line in self.desk.rows(LINES, invoice=invoice.id):
            if line.type != SURCHARGE or line.id in picked:
                continue
            if any(row.id in picked for row in self.behind(invoice, line)):
                part = self.surcharge_on(invoice, line, picked, left)
                found |= {line.id: part} if part else {}
        return found

    def behind(self, invoice: Invoice, line: Any) -> list[Any]:
        """Return what a surcharge line was computed from."""
        tax = (line.tax_code, line.tax_category, line.tax_rate)
        return [
            row
            for row in self.options(invoice)
            if (row.tax_code, row.tax_category, row.tax_rate) == tax
            and row.key
            and self.model.items[self.desk.plain(row.key)].surcharge
        ]

    def surcharge_on(
        self,
        invoice: Invoice,
        line: Any,
        taken: Mapping[UUID, Decimal],
        left: Mapping[UUID, Decimal],
    ) -> Decimal:
        """Return what of a surcharge line goes back with what is taken, within what is left."""
        whole = credited = ZERO
        for row in self.behind(invoice, line):
            percent = self.model.items[self.desk.plain(row.key)].surcharge
            whole += row.amount * percent
            credited += (row.amount - left[row.id] + taken.get(row.id, ZERO)) * percent
        if not whole or not left[line.id]:
            return ZERO
        share = rounded(line.net * credited / whole, invoice.currency)
        share -= line.net - left[line.id]
        part = share / left[line.id]
        return left[line.id] if part > 1 else share if part > 0 else ZERO

    def follow(self, invoice: Invoice, note: Invoice, nets: dict[UUID, Decimal]) -> None:
        """Let surcharges of a changed credit note that followed its items do so again."""
        left = self.left_of(invoice, without=note)
        now: dict[UUID, Decimal] = {}
        for line, net in nets.items():
            rows = [row for row in self.options(invoice) if row.line == line]
            mine = [row for row in rows if row.id in note.takes] or rows
            parts = [note.takes.get(row.id, ZERO) for row in mine]
            if abs(net) > abs(total(parts)):
                parts = [left[row.id] for row in mine]
            same = net == total(parts)
            parts = parts if same else shared_out(parts, net, invoice.currency)
            now |= {row.id: part for row, part in zip(mine, parts, strict=True)}
        for line in self.desk.rows(LINES, invoice=invoice.id):
            if line.type == SURCHARGE and line.id in nets:
                before = note.takes.get(line.id, ZERO)
                followed = before == self.surcharge_on(invoice, line, note.takes, left)
                if followed and nets[line.id] == before:
                    nets[line.id] = self.surcharge_on(invoice, line, now, left)
