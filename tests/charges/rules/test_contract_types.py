"""The contract types and what each allows."""

import pytest

from bordereau.charges.rules.contract_types import (
    Component,
    ContractType,
    billing_period_of,
    check_billing_period,
    timing_of,
)
from bordereau.errors import Invalid
from bordereau.values.periods import BillingPeriod, Timing


def test_there_are_exactly_the_eight_types_of_the_public_api() -> None:
    assert [str(one) for one in ContractType] == [
        "RetainerFlatFee",
        "Hourly",
        "BlockHours",
        "BlockMoney",
        "RemoteMonitoring",
        "OnlineBackup",
        "ProjectOneTimeFee",
        "ProjectHourlyRate",
    ]


@pytest.mark.row("A2")
@pytest.mark.parametrize("contract_type", ContractType)
def test_only_an_hourly_contract_is_billed_on_demand(contract_type: ContractType) -> None:
    for kind in set(BillingPeriod) - {BillingPeriod.ON_DEMAND}:
        check_billing_period(contract_type, kind)
    if contract_type is ContractType.HOURLY:
        check_billing_period(contract_type, BillingPeriod.ON_DEMAND)
        return
    with pytest.raises(Invalid) as refusal:
        check_billing_period(contract_type, BillingPeriod.ON_DEMAND)
    assert refusal.value.code == "PERIOD_NOT_ALLOWED"
    assert refusal.value.where == "billing_period"


def test_what_is_billed_once_has_the_whole_contract_as_its_period() -> None:
    once = {one for one in ContractType if one.bills_once}
    assert once == {ContractType.PROJECT_ONE_TIME_FEE, ContractType.PROJECT_HOURLY_RATE}
    monthly = BillingPeriod.MONTHLY
    for one in ContractType:
        expected = BillingPeriod.END_OF_CONTRACT_DURATION if one in once else monthly
        assert billing_period_of(one, monthly) is expected


def test_only_a_fixed_fee_is_billed_in_advance() -> None:
    in_advance = {
        one
        for one in ContractType
        if timing_of(one, Component.FEE, Timing.ADVANCE) is Timing.ADVANCE
    }
    assert in_advance == {
        ContractType.RETAINER_FLAT_FEE,
        ContractType.BLOCK_HOURS,
        ContractType.BLOCK_MONEY,
        ContractType.PROJECT_ONE_TIME_FEE,
    }
    for one in ContractType:
        assert timing_of(one, Component.USAGE, Timing.ADVANCE) is Timing.ARREARS
        assert timing_of(one, Component.FEE, Timing.ARREARS) is Timing.ARREARS


def test_the_types_that_bill_time_are_the_hourly_ones_and_the_blocks() -> None:
    assert {one for one in ContractType if one.bills_time} == {
        ContractType.HOURLY,
        ContractType.PROJECT_HOURLY_RATE,
        ContractType.BLOCK_HOURS,
        ContractType.BLOCK_MONEY,
    }
