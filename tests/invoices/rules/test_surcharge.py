"""Surcharge lines and the split of a payment with a G account."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bordereau.contract.document import LineType
from bordereau.errors import Refused
from bordereau.invoices.rules.g_account import GAccount, check_g_account, g_account
from bordereau.invoices.rules.surcharge import SurchargeBase, SurchargeLine, surcharge_lines
from bordereau.values.money import round_amount
from bordereau.values.tax import TaxCategory


def base(net: str, percent: str | None, group: str) -> SurchargeBase:
    return SurchargeBase(
        net=Decimal(net), percent=None if percent is None else Decimal(percent), tax_group=group
    )


DETAILS = [base("100", "5", "21"), base("50", "5", "6"), base("200", None, "21")]


def lines(
    details: list[SurchargeBase], work_type: str | None = "SUR", *, via_draft: bool = False
) -> tuple[SurchargeLine, ...]:
    return surcharge_lines(details, work_type, "EUR", via_draft=via_draft)


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


@pytest.mark.row("B56")
def test_a_draft_makes_no_surcharge() -> None:
    assert lines(DETAILS, via_draft=True) == ()


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


def test_a_g_account_takes_a_share_of_the_wages() -> None:
    found = g_account(Decimal(10000), Decimal(40), Decimal(25), "EUR")
    assert found == GAccount(Decimal(4000), Decimal(1000), Decimal(9000))


@given(
    st.decimals(-(10**6), 10**6, places=2),
    st.decimals(0, 100, places=2),
    st.decimals(0, 100, places=2),
)
def test_a_g_account_never_changes_the_total(net: Decimal, wage: Decimal, share: Decimal) -> None:
    found = g_account(net, wage, share, "EUR")
    assert found.blocked + found.balance == round_amount(net, "EUR")
    assert abs(found.blocked) <= abs(found.wage_total) <= abs(net)


@pytest.mark.parametrize(("wage", "share"), [("101", "1"), ("1", "-1")])
def test_a_percentage_beyond_the_whole_is_refused(wage: str, share: str) -> None:
    with pytest.raises(ValueError, match="between 0 and 100"):
        g_account(Decimal(1), Decimal(wage), Decimal(share), "EUR")


def test_a_g_account_is_dutch_and_reverse_charged() -> None:
    check_g_account("NL", [TaxCategory.REVERSE_CHARGE])
    with pytest.raises(Refused) as abroad:
        check_g_account("BE", [TaxCategory.REVERSE_CHARGE])
    with pytest.raises(Refused) as taxed:
        check_g_account("NL", [TaxCategory.REVERSE_CHARGE, TaxCategory.STANDARD])
    assert [abroad.value.code, taxed.value.code] == ["G_ACCOUNT_COUNTRY", "G_ACCOUNT_TAX"]
