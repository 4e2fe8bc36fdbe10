"""The workload has known sums."""

from decimal import Decimal

import pytest

from bordereau_api.bench.workload import bill, expected_total


@pytest.mark.parametrize(
    ("amount", "total"),
    [(20, "68098.98"), (100, "327733.19"), (1_000, "3300728.38"), (10_000, "32984596.32")],
)
def test_the_sum_of_all_invoices_is_known(amount: int, total: str) -> None:
    assert expected_total(amount) == Decimal(total)


def test_an_invoice_has_six_lines_and_two_rates() -> None:
    one = bill(3)
    assert len(one.lines) == 6
    assert [rate.code for rate, _, _ in one.taxes] == ["S20", "S055"]
    assert one.net == sum(line.net for line in one.lines)
    assert one.total == one.net + sum(tax for _, _, tax in one.taxes)
