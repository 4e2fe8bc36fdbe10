"""What a contract may say: its terms and its dates."""

from typing import Any

import pytest
from pydantic import ValidationError

from bordereau.catalog.fields import faults_of
from bordereau.charges import ContractRecord

RETAINER = {
    "code": "CT1",
    "name": "Care",
    "customer": "C1",
    "administration": "A1",
    "type": "RetainerFlatFee",
    "start": "2026-01-01",
    "billing_period": "Monthly",
    "taxable": False,
    "terms": {"quantity": "1", "rate": "300"},
}
CHANGE = {"valid_from": "2026-06-01", "quantity": "2", "rate": "300"}
TWICE = {"quantity": "1", "rate": "300", "changes": [CHANGE, CHANGE]}
BLOCK = {"hours_included": "0", "price_per_hour": "100", "overage_rate": "130"}
MONEY = {"contract_amount": "0", "primary_rate": "100"}


def codes(**values: Any) -> list[tuple[str, str]]:
    """Column and code of each fault."""
    try:
        ContractRecord.model_validate({**RETAINER, **values})
    except ValidationError as error:
        return [(one.column, one.code) for one in faults_of(1, error)]
    return []


@pytest.mark.row("A2")
def test_a_contract_of_its_type_has_no_fault() -> None:
    assert codes() == []
    assert codes(end="2026-12-31") == []


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"end": "9999-12-31"}, ("end", "DATE_OUT_OF_REACH")),
        ({"start": "0001-01-01"}, ("start", "DATE_OUT_OF_REACH")),
        ({"start": "soon"}, ("start", "BAD_DATE")),
        ({"end": "2025-12-31"}, ("end", "END_BEFORE_START")),
        ({"billing_period": "OnDemand"}, ("billing_period", "PERIOD_NOT_ALLOWED")),
        ({"terms": {"quantity": "1"}}, ("rate", "BAD_TERMS")),
        ({"terms": TWICE}, ("changes", "BAD_TERMS")),
        ({"terms": {"quantity": "999999999999", "rate": "2"}}, ("rate", "BAD_TERMS")),
        (
            {"type": "RemoteMonitoring", "terms": {"rate_per_device": "1000000000"}},
            ("rate_per_device", "BAD_TERMS"),
        ),
    ],
)
def test_each_fault_of_a_contract_has_its_code(
    values: dict[str, Any], fault: tuple[str, str]
) -> None:
    assert codes(**values) == [fault]


@pytest.mark.parametrize(
    ("kind", "terms", "column"),
    [("BlockHours", BLOCK, "hours_included"), ("BlockMoney", MONEY, "contract_amount")],
)
def test_a_block_that_is_renewed_holds_something(
    kind: str, terms: dict[str, str], column: str
) -> None:
    assert codes(type=kind, terms=terms) == []  # everything is overage
    for size in ("0", "0.004"):  # less than a minute, less than a cent
        renewed = terms | {column: size, "on_exhausted": "renew"}
        assert codes(type=kind, terms=renewed) == [(column, "BAD_TERMS")]
