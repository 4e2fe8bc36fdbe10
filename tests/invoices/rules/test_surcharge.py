"""Surcharge lines and the split of a payment with a G account."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bordereau.contract.document import LineType
from bordereau.errors import Refused
from bordereau.invoices.rules.g_account import GAccount, check_g_account, g_account
from bordereau.invoices.rules.surcharge import (
    SurchargeBase,
    SurchargeLine,
    surcharge_lines,
    surcharge_share,
)
from bordereau.values.tax import TaxCategory


def base(net: str, percent: str | None, group: str) -> SurchargeBase:
    return SurchargeBase(
        net=Decimal(net), percent=None if percent is None else Decimal(percent), tax_group=group
    )


DETAILS = [base("100", "5", "21"), base("50", "5", "6"), base("200", None, "21")]


def lines(details: list[SurchargeBase], work_type: str | None = "SUR") -> tuple[SurchargeLine, ...]:
    return surcharge_lines(details, work_type, "EUR")


@pytest.mark.row("B54")
def test_each_vat_rate_group_with_a_percentage_gets_one_line() -> None:
    found = lines(DETAILS)
    assert [(one.tax_group, one.amount) for one in found] == [
        ("21", Decimal("5.00")),
        ("6", Decimal("2.50")),
    ]
    assert {one.work_type for one in found} == {"SUR"}


@pytest.mark.row("B55")
def test_a_surcharge_line_has_type_5() -> None:
    assert {one.line_type for one in lines(DETAILS)} == {LineType.SURCHARGE}
    assert LineType.SURCHARGE.value == "5"


@pytest.mark.row("B52")
def test_without_a_percentage_there_is_no_surcharge() -> None:
    assert lines([base("200", None, "21"), base("10", "0", "21")]) == ()


@pytest.mark.row("B53")
@pytest.mark.parametrize("work_type", [None, ""])
def test_without_a_work_type_there_is_no_surcharge(work_type: str | None) -> None:
    assert lines(DETAILS, work_type) == ()


def test_a_surcharge_is_no_base_of_another() -> None:
    earlier = SurchargeBase(
        net=Decimal(1000), percent=Decimal(5), tax_group="21", line_type=LineType.SURCHARGE
    )
    assert lines([*DETAILS, earlier]) == lines(DETAILS)


def test_a_group_is_rounded_once() -> None:
    assert lines([base("0.10", "5", "21")] * 3)[0].amount == Decimal("0.02")  # 3 x 0.005 is 0.015


@given(st.lists(st.tuples(st.decimals(0, 999, places=2), st.sampled_from("AB")), max_size=10))
def test_splitting_a_detail_never_changes_the_surcharge(parts: list[tuple[Decimal, str]]) -> None:
    whole = [
        SurchargeBase(net=net, percent=Decimal("2.5"), tax_group=group) for net, group in parts
    ]
    halves = [
        SurchargeBase(net=one.net / 2, percent=one.percent, tax_group=one.tax_group)
        for one in whole
        for _ in range(2)
    ]
    assert lines(whole) == lines(halves)


def split(net: str, wages: str, percent: str = "25") -> GAccount:
    return g_account(Decimal(net), Decimal(wages), Decimal(percent), "EUR", "Client")


def test_a_g_account_takes_a_share_of_the_wages() -> None:
    assert split("10000", "4000") == GAccount(Decimal(4000), Decimal(1000), Decimal(9000))


def test_the_wages_of_an_invoice_are_rounded_once() -> None:
    assert split("1", "0.125", "100") == GAccount(*map(Decimal, ("0.13", "0.13", "0.87")))


@given(
    st.decimals(0, 10**6, places=2),
    st.decimals(0, 100, places=2),
    st.decimals(0, 100, places=2),
)
def test_a_g_account_never_changes_the_total(net: Decimal, wage: Decimal, share: Decimal) -> None:
    found = g_account(net, net * wage / 100, share, "EUR", "Client")
    assert found.blocked + found.balance == net
    assert 0 <= found.blocked <= found.wage_total <= net


@pytest.mark.parametrize("wages", ["100.01", "-0.01"])
def test_wages_beyond_the_invoice_are_refused_and_name_the_customer(wages: str) -> None:
    with pytest.raises(Refused, match="Client") as refusal:
        split("100", wages)
    assert refusal.value.code == "G_ACCOUNT_WAGE"


def shares(*credited: str, amount: str = "15", whole: str = "1500") -> list[Decimal]:
    """Return the shares of a surcharge line that credits of its base take, one after the other."""
    left, taken = Decimal(amount), Decimal(0)
    found = []
    for part in credited:
        taken += Decimal(part)
        found.append(surcharge_share(Decimal(amount), left, Decimal(whole), taken, "EUR"))
        left -= found[-1]
    return found


def test_a_surcharge_follows_its_base_and_its_shares_sum_to_the_line() -> None:
    assert shares("500", "1000") == [Decimal(5), Decimal(10)]
    thirds = shares("100", "100", "100", amount="0.05", whole="300")
    assert (thirds, sum(thirds)) == (
        [Decimal(one) for one in ("0.02", "0.01", "0.02")],
        Decimal("0.05"),
    )


@pytest.mark.parametrize(
    ("left", "whole", "credited", "expected"),
    [("0", "10", "10", "0"), ("5", "0", "10", "0"), ("5", "10", "30", "5"), ("2", "10", "3", "0")],
)
def test_a_share_of_a_surcharge_lies_within_what_is_left_of_it(
    left: str, whole: str, credited: str, expected: str
) -> None:
    numbers = (Decimal(left), Decimal(whole), Decimal(credited))
    assert surcharge_share(Decimal(5), *numbers, "EUR") == Decimal(expected)


def test_a_g_account_is_dutch_and_reverse_charged() -> None:
    check_g_account("NL", [TaxCategory.REVERSE_CHARGE])
    with pytest.raises(Refused) as abroad:
        check_g_account("BE", [TaxCategory.REVERSE_CHARGE])
    with pytest.raises(Refused) as taxed:
        check_g_account("NL", [TaxCategory.REVERSE_CHARGE, TaxCategory.STANDARD])
    assert [abroad.value.code, taxed.value.code] == ["G_ACCOUNT_COUNTRY", "G_ACCOUNT_TAX"]
