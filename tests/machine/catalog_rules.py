"""Rules about customers, contracts and tickets, and about the days that pass."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from tests.machine.base import Base, some
from tests.machine.blocks import rate_blocks
from tests.machine.desk import CLERK
from tests.machine.model import BLOCKS, NOBODY, Contract, Customer, Device, Item, Ticket
from tests.machine.moving import move_ticket
from tests.machine.pricing import rate_contracts
from tests.machine.world import CUSTOMERS, SELLERS, TAXES

from bordereau.catalog import CustomerRecord
from bordereau.charges import (
    BackupUsageRecord,
    ContractRecord,
    DeviceRecord,
    TicketRecord,
    rate,
    reopen_ticket,
    resolve_ticket,
    save_backup_usage,
    save_contracts,
    save_customers,
    save_devices,
    save_tickets,
)
from bordereau.charges.rules.monitoring import DeviceKind

TERMS: dict[str, dict[str, Any]] = {
    "RetainerFlatFee": {"quantity": "10", "rate": "15.55"},
    "Hourly": {"primary_rate": "77.77", "additional_rates": {"night": "120.5"}},
    "ProjectOneTimeFee": {"total_amount": "1234.5"},
    "ProjectHourlyRate": {"primary_rate": "85", "additional_rates": {"night": "99.99"}},
    "RemoteMonitoring": {"rate_per_device": "7.35"},
    "OnlineBackup": {"rate_per_gb": "0.03"},
    "BlockHours": {"hours_included": "2", "price_per_hour": "80", "overage_rate": "95.25"},
    "BlockMoney": {
        "contract_amount": "200",
        "primary_rate": "60",
        "additional_rates": {"night": "90"},
    },
}
BILLS_FIXED = {"RetainerFlatFee", "ProjectOneTimeFee", *BLOCKS}
CONTRACT_CHANGES = ["active", "taxable", "name"]
MOST = 6


class CatalogRules(Base):
    """What a contract manager does."""

    @precondition(lambda self: len(self.model.contracts) < MOST)
    @rule(
        kind=st.sampled_from(sorted(TERMS)),
        customer=st.sampled_from(sorted(CUSTOMERS)),
        seller=st.sampled_from(sorted(SELLERS)),
        period=st.sampled_from(["Monthly", "Weekly", "Quarterly", "OnDemand"]),
        begins=st.integers(0, 40),
        lasts=st.sampled_from([330, 50, 10]),
        tax=st.sampled_from(sorted(TAXES)),
        advance=st.booleans(),
        daily=st.booleans(),
        rolls=st.booleans(),
        late=st.sampled_from(["bill_next", "write_off"]),
        step=st.sampled_from([0, 15]),
    )
    def add_contract(
        self,
        kind: str,
        customer: str,
        seller: str,
        period: str,
        begins: int,
        lasts: int,
        tax: str,
        late: str,
        step: int,
        *,
        advance: bool,
        daily: bool,
        rolls: bool,
    ) -> None:
        start = date(2026, 1, 1) + timedelta(days=begins)
        terms = TERMS[kind] | ({"commit_rollover": rolls} if kind in BLOCKS else {})
        made = Contract(
            code=self.model.code("K"),
            id=NOBODY,
            type=kind,
            customer=customer,
            seller=seller,
            start=start,
            end=start + timedelta(days=lasts),
            period=period if period != "OnDemand" or kind == "Hourly" else "Monthly",
            terms=terms,
            tax=tax,
            advance=advance and kind in BILLS_FIXED,
            daily=daily,
            late_policy=late,
            step=step,
        )
        self.save_contract("", made)
        made.id = self.desk.id_of("contract", made.code)
        self.desk.names[made.id.hex] = made.code
        self.model.contracts[made.code] = made

    def save_contract(self, expected: str, one: Contract) -> None:
        record = ContractRecord.model_validate(
            {
                "code": one.code,
                "name": one.name,
                "customer": one.customer,
                "administration": one.seller,
                "type": one.type,
                "start": one.start,
                "end": one.end,
                "billing_period": one.period,
                "timing": "advance" if one.advance else "arrears",
                "prorate": "daily" if one.daily else "none",
                "taxable": one.taxable,
                "tax_code": one.tax,
                "terms": dict(one.terms),
                "time_step": one.step,
                "late_policy": one.late_policy,
                "active": one.active,
            }
        )
        self.desk.save(expected, lambda session: save_contracts(session, {1: record}))

    @precondition(lambda self: self.model.contracts)
    @rule(code=some(lambda self: self.model.contracts), what=st.sampled_from(CONTRACT_CHANGES))
    def change_a_contract(self, code: str, what: str) -> None:
        """Switch it, tax it, or rename it; what was proposed before may then be stale."""
        contract = self.model.contracts[code]
        if what == "active":
            contract.active = not contract.active
        elif what == "taxable":
            contract.taxable = not contract.taxable
        else:
            contract.name = self.model.code("Renamed ")
        self.save_contract("", contract)
        self.model.refresh(self.model.of_contract(code))

    @rule(
        code=st.sampled_from(sorted(CUSTOMERS)), what=st.sampled_from(["name", "distance_selling"])
    )
    def change_a_customer(self, code: str, what: str) -> None:
        """Rename a customer, or sell to it from afar."""
        customer = self.model.customers[code]
        if what == "name":
            customer.name = self.model.code(f"{code} ")
        else:
            customer.distance_selling = not customer.distance_selling
        self.save_customer(customer)
        self.model.refresh([one for one in self.model.items.values() if one.customer == code])

    def save_customer(self, one: Customer) -> None:
        record = CustomerRecord(
            code=one.code,
            name=one.name,
            country="FR",
            currency=one.currency,
            distance_selling=one.distance_selling,
        )
        self.desk.save("", lambda session: save_customers(session, {1: record}))

    @precondition(lambda self: len(self.model.tickets) < MOST)
    @rule(
        customer=st.sampled_from(sorted(CUSTOMERS)),
        number=st.integers(0, MOST),
        resolved=st.booleans(),
    )
    def add_ticket(self, customer: str, number: int, *, resolved: bool) -> None:
        """Open a ticket on one of the customer's contracts, if there is one."""
        contracts = [one for one in self.model.contracts.values() if one.customer == customer]
        made = Ticket(
            code=self.model.code("T"),
            id=NOBODY,
            customer=customer,
            contract=contracts[number % len(contracts)].code if contracts else None,
            resolved=resolved,
        )
        self.save_ticket("", made)
        made.id = self.desk.id_of("ticket", made.code)
        self.model.tickets[made.code] = made

    def save_ticket(self, expected: str, one: Ticket) -> None:
        record = TicketRecord(
            code=one.code,
            title=f"About {one.code}",
            customer=one.customer,
            contract=one.contract,
            status="Resolved" if one.resolved else "Open",
        )
        self.desk.save(expected, lambda session: save_tickets(session, {1: record}))

    def work_of(self, ticket: Ticket) -> list[Item]:
        return [item for item in self.model.items.values() if item.ticket == ticket.code]

    @precondition(lambda self: self.model.tickets)
    @rule(code=some(lambda self: self.model.tickets))
    def resolve_or_reopen(self, code: str) -> None:
        """Turn the status round; a ticket with reserved work cannot be reopened."""
        ticket = self.model.tickets[code]
        reserved = any(item.state == "reserved" for item in self.work_of(ticket))
        expected = "TICKET_RESERVED" if reserved and ticket.resolved else ""
        change = reopen_ticket if ticket.resolved else resolve_ticket
        self.desk.do(expected, lambda session: change(session, CLERK, ticket.id))
        if not expected:
            ticket.resolved = not ticket.resolved
            self.model.refresh(self.work_of(ticket))

    @precondition(lambda self: self.model.tickets)
    @rule(code=some(lambda self: self.model.tickets), number=st.integers(0, MOST))
    def move_a_ticket(self, code: str, number: int) -> None:
        """Link a ticket to another contract of its customer, or to none."""
        ticket = self.model.tickets[code]
        codes = [
            one.code for one in self.model.contracts.values() if one.customer == ticket.customer
        ]
        to = [None, *codes][number % (len(codes) + 1)]
        states = {item.state for item in self.work_of(ticket)}
        expected = ""
        if to != ticket.contract:
            expected = "RECORD_BILLED" if "billed" in states else ""
            expected = "TICKET_RESERVED" if "reserved" in states else expected
        before, ticket.contract = ticket.contract, to
        self.save_ticket(expected, ticket)
        if expected:
            ticket.contract = before
        elif to != before:
            move_ticket(self.model, ticket, before)
        self.model.refresh(self.work_of(ticket))

    @rule(days=st.integers(1, 40))
    def days_pass(self, days: int) -> None:
        self.model.pass_days(days)

    @rule()
    def rate_everything(self) -> None:
        self.desk.do("", lambda session: rate(session, until=self.model.today))
        rate_contracts(self.model)
        self.learn_ids()
        rate_blocks(self.model, self.desk)
        self.model.refresh()

    def counted(self) -> list[str]:
        found = self.model.contracts.values()
        return [one.code for one in found if one.type in {"RemoteMonitoring", "OnlineBackup"}]

    @precondition(lambda self: self.counted())
    @rule(
        code=some(lambda self: self.counted()),
        days=st.integers(0, 60),
        gigabytes=st.sampled_from([Decimal(one) for one in ("0", "1234.5", "17.001")]),
        server=st.booleans(),
    )
    def count_usage(self, code: str, days: int, gigabytes: Decimal, *, server: bool) -> None:
        """Add a device or, with `server`, take one away; or read how much a backup holds."""
        contract, day = self.model.contracts[code], self.model.today - timedelta(days=days)
        if contract.type == "OnlineBackup":
            category = "Server" if server else "PC"
            reading = BackupUsageRecord.model_validate(
                {"contract": code, "day": day, "category": category, "gigabytes": gigabytes}
            )
            self.desk.save("", lambda session: save_backup_usage(session, {1: reading}))
            contract.readings[day, category] = gigabytes
            return
        left = [name for name, one in contract.devices.items() if one.removed_on is None]
        name = left[0] if server and left else self.model.code("D")
        device = contract.devices.setdefault(name, Device(day))
        device.removed_on = max(day, device.added_on) if name in left else None
        record = DeviceRecord(
            code=name,
            contract=code,
            category=DeviceKind.PC,
            added_on=device.added_on,
            removed_on=device.removed_on,
        )
        self.desk.save("", lambda session: save_devices(session, {1: record}))
