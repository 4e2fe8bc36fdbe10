"""What contracts charge by themselves, period by period: fees, devices, gigabytes. Pure functions.

Blocks are settled in `block_rating`, because they carry a balance from period to period.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from bordereau.catalog.saving import Row
from bordereau.charges.owners import ContractFacts
from bordereau.charges.rules.backup import BackupUsage, backup_charge
from bordereau.charges.rules.contract_types import Component, timing_of
from bordereau.charges.rules.monitoring import Device, device_charge
from bordereau.charges.rules.project import project_fee
from bordereau.charges.rules.retainer import FeeTerms, fee_for_period
from bordereau.charges.terms import (
    BackupTerms,
    MonitoringTerms,
    ProjectFeeTerms,
    RetainerTerms,
)
from bordereau.charges.writing import blank
from bordereau.values.money import round_amount
from bordereau.values.periods import Period, ready_on

SERVER = "Server"


@dataclass(frozen=True, slots=True)
class Reading:
    """The gigabytes that machines of one kind held on a day."""

    day: date
    category: str
    gigabytes: Decimal


@dataclass(frozen=True, slots=True)
class Usage:
    """What was counted for a contract."""

    devices: Sequence[Device] = field(default_factory=tuple)
    readings: Sequence[Reading] = field(default_factory=tuple)


def computed_rows(contract: ContractFacts, first: date, until: date, usage: Usage) -> list[Row]:
    """Return the computed charges of periods that start from `first` to `until`, both included."""
    rows = (_row(contract, period, usage) for period in periods_from(contract, first, until))
    return [row for row in rows if row]


def periods_from(contract: ContractFacts, first: date, until: date) -> Iterator[Period]:
    """Return the periods of a contract from the one that a day belongs to."""
    day = max(first, contract.start)
    while day <= until and (period := contract.period_of(day)):
        yield period
        day = period.end


def row_of(contract: ContractFacts, **values: Any) -> Row:
    """Return a charge of a contract, which says who pays it, in what currency and with what tax."""
    return blank(
        contract_id=contract.id,
        customer_id=contract.customer_id,
        administration_id=contract.administration_id,
        currency=contract.currency,
        tax_code_id=contract.tax_code_id,
        **values,
    )


def computed_row(
    contract: ContractFacts,
    kind: str,
    period: Period,
    *,
    component: Component,
    quantity: Decimal,
    unit_price: Decimal,
    net: Decimal,
    unit: str = "C62",
) -> Row:
    """Return a charge that a contract computed for a period.

    Quantity and price are shown where they make the amount; a share of a fee is one times itself.
    """
    if round_amount(quantity * unit_price, contract.currency) != net:
        quantity, unit_price = Decimal(1), net
    timing = timing_of(contract.type, component, contract.timing)
    return row_of(
        contract,
        kind=kind,
        source_key=f"{kind}:{contract.id.hex}:{period.start}",
        worked_on=period.start,
        period_start=period.start,
        period_end=period.end,
        ready_on=ready_on(timing, period),
        description=contract.name,
        quantity=quantity,
        unit_price=unit_price,
        unit=unit,
        net=net,
    )


def _row(contract: ContractFacts, period: Period, usage: Usage) -> Row | None:
    match contract.terms:
        case RetainerTerms() as terms:
            return _retainer(contract, terms, period)
        case ProjectFeeTerms() as terms:
            fee = project_fee(terms.total_amount, contract.currency)
            return computed_row(
                contract,
                "project_fee",
                period,
                component=Component.FEE,
                quantity=Decimal(1),
                unit_price=fee,
                net=fee,
            )
        case MonitoringTerms() as terms:
            return _devices(contract, terms, period, usage.devices)
        case BackupTerms() as terms:
            return _backup(contract, terms, period, usage.readings)
    return None


def _retainer(contract: ContractFacts, terms: RetainerTerms, period: Period) -> Row:
    fees = [FeeTerms(one.valid_from, one.quantity, one.rate) for one in terms.changes]
    fees.append(FeeTerms(contract.start, terms.quantity, terms.rate))
    shown = max((one for one in fees if one.valid_from <= period.start), key=_valid_from)
    return computed_row(
        contract,
        "fee",
        period,
        component=Component.FEE,
        quantity=shown.quantity,
        unit_price=shown.rate,
        net=fee_for_period(fees, period, contract.proration, contract.currency),
    )


def _valid_from(terms: FeeTerms) -> date:
    return terms.valid_from


def _devices(
    contract: ContractFacts, terms: MonitoringTerms, period: Period, devices: Sequence[Device]
) -> Row | None:
    charge = device_charge(
        devices,
        period,
        terms.rate_per_device,
        terms.count_by,
        terms.device_count,
        contract.currency,
    )
    if not charge.count:
        return None
    return computed_row(
        contract,
        "devices",
        period,
        component=Component.USAGE,
        quantity=Decimal(charge.count),
        unit_price=terms.rate_per_device,
        net=charge.amount,
    )


def _backup(
    contract: ContractFacts, terms: BackupTerms, period: Period, readings: Sequence[Reading]
) -> Row | None:
    """Charge the last reading of each kind of machine in the period: storage is a level."""
    last = {one.category: one for one in sorted(readings, key=_day) if one.day in period}
    used = [BackupUsage(one.gigabytes, one.category == SERVER) for one in last.values()]
    charge = backup_charge(used, terms.rate_per_gb, terms.count_by, contract.currency)
    if not charge.gigabytes:
        return None
    return computed_row(
        contract,
        "backup",
        period,
        component=Component.USAGE,
        quantity=charge.gigabytes,
        unit_price=terms.rate_per_gb,
        net=charge.amount,
        unit="E34",
    )


def _day(reading: Reading) -> date:
    return reading.day
