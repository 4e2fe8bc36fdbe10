"""Rules about customers, contracts and tickets, and about the days that pass."""

from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from tests.machine.base import Base, some
from tests.machine.blocks import rate_blocks, restate, settled_entries
from tests.machine.correcting import correct
from tests.machine.desk import CLERK
from tests.machine.money import total
from tests.machine.moving import move_with_contract
from tests.machine.pricing import follow_at_once, rate_contracts
from tests.machine.things import BLOCK_KINDS, BLOCKS, NOBODY, Contract, Customer, Device
from tests.machine.world import CUSTOMERS, SELLERS, TAXES

from bordereau.catalog import CustomerRecord
from bordereau.charges import (
    BackupUsageRecord,
    ContractRecord,
    DeviceRecord,
    apply_restatement,
    rate,
    save_backup_usage,
    save_contracts,
    save_customers,
    save_devices,
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
CONTRACT_CHANGES = ["active", "taxable", "name", "end"]
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
        late=st.sampled_from(["bill_next", "write_off", "adjust"]),
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
        """Switch, tax or rename it, or end it sooner or later; a proposal may then be stale."""
        contract = self.model.contracts[code]
        before = replace(contract)
        if what == "active":
            contract.active = not contract.active
        elif what == "taxable":
            contract.taxable = not contract.taxable
        elif what == "name":
            contract.name = self.model.code("Renamed ")
        else:
            self.change_end(contract)
        self.save_contract("", contract)
        if what == "end":
            move_with_contract(self.model, contract, settled_entries(self.desk))
            ends = sorted((before.end, contract.end))
            correct(self.model, before, contract, ends[0] + timedelta(days=1), ends[1])
        else:
            follow_at_once(self.model, contract)
        self.learn_ids()
        self.model.refresh()

    def change_end(self, contract: Contract) -> None:
        """Cut a contract short, or let one that was cut run on."""
        soon = max(contract.start, self.model.today - timedelta(days=3))
        contract.end = soon if contract.end > soon else soon + timedelta(days=200)

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

    @precondition(lambda self: self.adjusted())
    @rule(code=some(lambda self: self.adjusted()))
    def restate(self, code: str) -> None:
        """Settle periods anew with the work that missed them, and bill the difference."""
        contract = self.model.contracts[code]
        mine = self.model.of_contract(code)
        reserved = any(
            one.state == "reserved" and one.kind in {*BLOCK_KINDS, "time"} for one in mine
        )
        expected = "CONTRACT_RESERVED" if reserved else ""
        try:
            found = self.desk.do(
                expected, lambda session: apply_restatement(session, CLERK, contract.id)
            )
        except AssertionError as error:
            if "TERMS_CHANGED" in str(error) and contract.rewritten:
                return
            raise
        if expected:
            return
        assert found is not None
        before = set(self.model.items)
        restate(self.model, self.desk, contract)
        new = [item for key, item in self.model.items.items() if key not in before]
        made = total(item.net for item in new if item.kind == "adjustment")
        assert made == found.difference
        self.model.refresh()

    def adjusted(self) -> list[str]:
        found = self.model.contracts.values()
        return [one.code for one in found if one.type in BLOCKS and one.late_policy == "adjust"]

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
        before = deepcopy(contract)
        if contract.type == "OnlineBackup":
            category = "Server" if server else "PC"
            reading = BackupUsageRecord.model_validate(
                {"contract": code, "day": day, "category": category, "gigabytes": gigabytes}
            )
            self.desk.save("", lambda session: save_backup_usage(session, {1: reading}))
            contract.readings[day, category] = gigabytes
            self.count_again(before, contract, day, day)
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
        self.count_again(before, contract, device.removed_on or device.added_on, date.max)

    def count_again(self, before: Contract, contract: Contract, since: date, until: date) -> None:
        """Correct what is billed of the days that are counted otherwise."""
        correct(self.model, before, contract, since, until)
        self.learn_ids()
        self.model.refresh()
