"""Rules about work and things on tickets and contracts."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from tests.machine.base import Base, some
from tests.machine.blocks import stands_settled
from tests.machine.money import rounded
from tests.machine.pricing import is_late, place, rate_of, state_of_late, time_price
from tests.machine.things import Contract, Item
from tests.machine.world import TAXES

from bordereau.charges import (
    ExpenseRecord,
    ProductRecord,
    TimeEntryRecord,
    save_items,
    save_time_entries,
)

MOST = 14
REFUSALS = {
    "reserved": "RECORD_RESERVED",
    "billed": "RECORD_BILLED",
    "written_off": "RECORD_WRITTEN_OFF",
    "split": "RECORD_SPLIT",
    "delayed": "RECORD_DELAYED",
}
AMOUNTS = st.sampled_from([Decimal(one) for one in ("19.99", "0.01", "333.335", "-75.5", "1000")])
QUANTITIES = st.sampled_from([Decimal(one) for one in ("1", "3", "0.5", "2.345")])


class RecordingRules(Base):
    """What technicians do."""

    def recorded(self) -> list[str]:
        return [item.key for item in self.model.items.values() if item.kind == "time"]

    def few(self) -> bool:
        """Say whether there is room: sequences stay small so that they stay fast."""
        return sum(item.kind in {"time", "product", "expense"} for item in self.items()) < MOST

    def items(self) -> list[Item]:
        return list(self.model.items.values())

    def new_item(self, kind: str, ticket: str | None, contract: Contract | None, day: date) -> Item:
        """Return a charge as it is placed: with its payer, period and state."""
        customer = self.model.tickets[ticket].customer if ticket else None
        customer = customer or (contract.customer if contract else "")
        item = Item(
            key=f"{kind}:{self.model.code('E')}",
            kind=kind,
            customer=customer,
            seller=contract.seller if contract else "HQ",
            currency=self.model.customers[customer].currency,
            day=day,
            ready_on=day,
            net=Decimal(0),
            contract=contract.code if contract else None,
            ticket=ticket,
            tax=contract.tax if contract else None,
        )
        if kind == "time" and contract and is_late(self.model, contract, day):
            item.state = state_of_late(contract)
        place(self.model, item)
        return item

    @precondition(lambda self: self.model.tickets and self.few())
    @rule(
        ticket=some(lambda self: self.model.tickets),
        days=st.integers(0, 50),
        hour=st.integers(0, 22),
        minutes=st.sampled_from([1, 20, 45, 90, 100, 260, -30]),
        rate=st.sampled_from(["", "", "night"]),
    )
    def record_time(self, ticket: str, days: int, hour: int, minutes: int, rate: str) -> None:
        code = self.model.tickets[ticket].contract
        contract = self.model.contracts[code] if code else None
        day = self.model.today - timedelta(days=days)
        item = self.new_item("time", ticket, contract, day)
        item.minutes, item.rate = minutes, rate
        item.starts_at = datetime.combine(day, time(hour))
        expected, price = "", rate_of(contract, rate)
        if contract and not contract.start <= day <= contract.end:
            expected = "OUTSIDE_CONTRACT"
        elif price is None:
            expected = "RATE_UNKNOWN"
        self.save_time(expected, item)
        if not expected:
            assert price is not None
            item.net = time_price(contract, minutes, price, item.currency)
            self.model.refresh([self.add(item)])

    def save_time(self, expected: str, item: Item) -> None:
        record = TimeEntryRecord.model_validate(
            {
                "key": item.key.removeprefix("time:"),
                "ticket": item.ticket,
                "starts_at": item.starts_at,
                "minutes": item.minutes,
                "rate": item.rate,
                "description": "Work",
            }
        )
        self.desk.save(expected, lambda session: save_time_entries(session, {1: record}))

    @precondition(lambda self: self.recorded())
    @rule(key=some(lambda self: self.recorded()), minutes=st.sampled_from([1, 50, 240]))
    def correct_time(self, key: str, minutes: int) -> None:
        """Record an entry again with other minutes; what is billed or reserved stays."""
        item = self.model.items[key]
        code = self.model.tickets[item.ticket or ""].contract
        contract = self.model.contracts[code] if code else None
        before, item.minutes = item.minutes, minutes
        price = rate_of(contract, item.rate)
        expected = ""
        if contract and not contract.start <= item.day <= contract.end:
            expected = "OUTSIDE_CONTRACT"
        elif price is None:
            expected = "RATE_UNKNOWN"
        elif minutes != before:
            expected = "RECORD_IN_DRAFT" if item.draft else REFUSALS.get(item.state, "")
            if not expected and stands_settled(self.desk, key):
                expected = "RECORD_SETTLED"
        self.save_time(expected, item)
        if expected:
            item.minutes = before
        elif minutes != before:
            assert price is not None
            self.model.rewrite(item.contract)
            self.follow_contract(item, contract)
            item.net = time_price(contract, minutes, price, item.currency)
            self.model.refresh([item])

    def follow_contract(self, item: Item, contract: Contract | None) -> None:
        """Place work anew, as its contract is now."""
        item.contract = contract.code if contract else None
        item.seller = contract.seller if contract else "HQ"
        item.tax = contract.tax if contract else None
        place(self.model, item)

    @precondition(lambda self: (self.model.tickets or self.model.contracts) and self.few())
    @rule(
        owner=some(lambda self: [*self.model.tickets, *self.model.contracts]),
        expense=st.booleans(),
        days=st.integers(0, 50),
        quantity=QUANTITIES,
        price=AMOUNTS,
        discount=st.sampled_from([Decimal(0), Decimal(0), Decimal("12.5"), Decimal(100)]),
        tax=st.sampled_from([None, None, *sorted(TAXES)]),
        charged=st.sampled_from([True, True, True, False]),
    )
    def record_thing(
        self,
        owner: str,
        days: int,
        quantity: Decimal,
        price: Decimal,
        discount: Decimal,
        tax: str | None,
        *,
        expense: bool,
        charged: bool,
    ) -> None:
        """Record a product or an expense on a ticket or directly on a contract."""
        ticket = self.model.tickets.get(owner)
        code = ticket.contract if ticket else owner
        contract = self.model.contracts[code] if code else None
        day = self.model.today - timedelta(days=days)
        item = self.new_item(
            "expense" if expense else "product", ticket.code if ticket else None, contract, day
        )
        item.quantity, item.discount, item.chargeable = quantity, discount, charged
        item.net = rounded(quantity * price * (100 - discount) / 100, item.currency)
        item.tax = tax or item.tax
        kind = ExpenseRecord if expense else ProductRecord
        record = kind(
            key=item.key.partition(":")[2],
            ticket=ticket.code if ticket else None,
            contract=None if ticket else owner,
            day=day,
            description="Thing",
            quantity=quantity,
            unit_price=price,
            discount_percent=discount,
            tax_code=tax,
            chargeable=charged,
        )
        outside = contract and not contract.start <= day <= contract.end
        expected = "OUTSIDE_CONTRACT" if outside else ""
        self.desk.save(expected, lambda session: save_items(session, {1: record}))
        if not expected:
            self.model.refresh([self.add(item)])
