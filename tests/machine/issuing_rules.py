"""Rules about drafts outside of batches that get their numbers, and what follows from that."""

from decimal import Decimal

from hypothesis.stateful import precondition, rule
from tests.machine.base import some
from tests.machine.invoice_rules import LINES
from tests.machine.money import total
from tests.machine.note_sums import NoteSums
from tests.machine.things import Invoice

from bordereau.invoices import issue


class IssuingRules(NoteSums):
    """What gets its number by itself."""

    def loose(self) -> list[str]:
        """Return drafts that no batch will give their numbers."""
        found = self.model.invoices.values()
        return [one.label for one in found if one.state == "draft" and one.batch is None]

    @precondition(lambda self: self.loose())
    @rule(label=some(lambda self: self.loose()))
    def issue(self, label: str) -> None:
        """Give a draft its number; a credit note then frees what it reopens."""
        invoice = self.model.invoices[label]
        self.issue_together([invoice])

    def issue_together(self, drafts: list[Invoice]) -> None:
        """Give drafts their numbers in this order, all or none."""
        refusals = [self.refusal_of_number(one, drafts) for one in drafts]
        refusals += ["DATE_BEFORE_LAST" for one in drafts if self.too_early(one)]
        expected = next(filter(None, refusals), "")
        ties = {} if expected else {one.label: self.taken_over(one) for one in drafts}
        self.desk.do(expected, lambda session: issue(session, [one.id for one in drafts]))
        if expected:
            return
        self.number(drafts)
        for one in drafts:
            self.settle(one)
        for one in drafts:
            self.take_over(one, ties[one.label])

    def refusal_of_number(self, copy: Invoice, together: list[Invoice]) -> str:
        """Refuse to number the copy of an invoice that is not wholly credited by then."""
        original = self.model.invoices.get(copy.replaces or "")
        if original is None:
            return ""
        notes = self.notes_of(original)
        waits = any(one.state == "draft" and one not in together for one in notes)
        owed = waits or not notes or any(self.left_of(original).values())
        return "REPLACED_NOT_CREDITED" if owed else ""

    def taken_over(self, copy: Invoice) -> set[str]:
        """Return the charges that a copy bills instead of the invoice that it replaces."""
        original = self.model.invoices.get(copy.replaces or "")
        if original is None:
            return set()
        places = {line.replaces_line_id for line in self.desk.rows(LINES, invoice=copy.id)}
        lines = self.desk.rows(LINES, invoice=original.id)
        behind = [line.amounts or {} for line in lines if line.id in places]
        return {self.desk.plain(key) for keys in behind for key in keys} & original.live

    def take_over(self, copy: Invoice, keys: set[str]) -> None:
        """Tie charges to the copy, with amounts that add up to its lines."""
        if not copy.replaces:
            return
        self.model.invoices[copy.replaces].live -= keys
        copy.items = {}
        for line in self.desk.rows(LINES, invoice=copy.id):
            amounts = {
                self.desk.plain(key): Decimal(net) for key, net in (line.amounts or {}).items()
            }
            assert not amounts or total(amounts.values()) == copy.sign * line.net
            copy.items |= amounts
        assert copy.items.keys() == keys
        copy.live = set(keys)

    def settle(self, note: Invoice) -> None:
        if note.original:
            self.model.invoices[note.original].live -= note.reopens
            for key in note.reopens:
                self.model.items[key].reopened = True
            self.free([self.model.items[key] for key in note.reopens])
