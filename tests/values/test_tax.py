"""Tax once per category or on every line, and cents spread so that both agree."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bordereau.values.tax import (
    TaxCategory,
    TaxLine,
    TaxPolicy,
    spread,
    tax_by_line,
    tax_faults,
    tax_totals,
)

RATES = [D(0), D("5.5"), D(6), D("8.25"), D(15), D(20), D(21), D(25)]


def standard(*nets: str, rate: str = "15") -> list[TaxLine]:
    return [TaxLine(D(net), TaxCategory.STANDARD, D(rate)) for net in nets]


def line_of(net: D, rate: D) -> TaxLine:
    return TaxLine(net, TaxCategory.STANDARD if rate else TaxCategory.ZERO_RATED, rate)


lines = st.lists(
    st.builds(line_of, st.decimals(-5000, 5000, places=2), st.sampled_from(RATES)), max_size=30
)


def test_tax_per_line_and_per_category_differ_by_a_cent() -> None:
    found = standard("25.06", "25.61", "25.63")
    (by_line,) = tax_totals(found, TaxPolicy.LINE, "EUR")
    (by_category,) = tax_totals(found, TaxPolicy.CATEGORY, "EUR")
    assert (by_line.tax, by_category.tax) == (D("11.44"), D("11.45"))
    assert by_line.taxable == by_category.taxable == D("76.30")


def test_the_cent_goes_to_the_largest_line() -> None:
    found = standard("25.06", "25.61", "25.63")
    assert tax_by_line(found, TaxPolicy.CATEGORY, "EUR") == (D("3.76"), D("3.84"), D("3.85"))
    assert tax_by_line(found, TaxPolicy.LINE, "EUR") == (D("3.76"), D("3.84"), D("3.84"))
    three = standard("99.99", "99.99", "99.99", rate="25")
    assert sum(tax_by_line(three, TaxPolicy.CATEGORY, "EUR")) == D("74.99")


def test_each_category_and_rate_has_a_subtotal_of_its_own() -> None:
    found = tax_totals(
        [
            TaxLine(D(100), TaxCategory.STANDARD, D(21)),
            TaxLine(D(50), TaxCategory.STANDARD, D(6)),
            TaxLine(D(10), TaxCategory.EXEMPT, D(0), "Art. 44"),
            TaxLine(D(20), TaxCategory.STANDARD, D("21.00")),
            TaxLine(D(5), TaxCategory.EXEMPT, D(0), "Art. 45"),
        ],
        TaxPolicy.CATEGORY,
        "EUR",
    )
    assert [(one.category, one.rate, one.taxable, one.tax) for one in found] == [
        ("E", D(0), D(15), D("0.00")),
        ("S", D(6), D(50), D("3.00")),
        ("S", D(21), D(120), D("25.20")),
    ]
    assert [one.reason for one in found] == ["Art. 44; Art. 45", "", ""]


def test_tax_is_rounded_to_the_minor_unit_of_the_currency() -> None:
    (yen,) = tax_totals(standard("105", rate="10"), TaxPolicy.CATEGORY, "JPY")
    (dinar,) = tax_totals(standard("1.005", rate="5"), TaxPolicy.CATEGORY, "KWD")
    assert (yen.tax, dinar.tax) == (D(11), D("0.050"))


def test_no_lines_have_no_tax() -> None:
    assert tax_totals([], TaxPolicy.CATEGORY, "EUR") == ()
    assert tax_by_line([], TaxPolicy.CATEGORY, "EUR") == ()


@given(lines, st.sampled_from(TaxPolicy))
def test_tax_by_line_sums_exactly_to_the_subtotals(found: list[TaxLine], policy: TaxPolicy) -> None:
    subtotals = tax_totals(found, policy, "EUR")
    taxes = tax_by_line(found, policy, "EUR")
    assert sum(taxes) == sum(one.tax for one in subtotals)
    assert sum(one.taxable for one in subtotals) == sum(line.net for line in found)
    for one in subtotals:
        own = [
            tax
            for tax, line in zip(taxes, found, strict=True)
            if (line.category, line.rate) == (one.category, one.rate)
        ]
        assert sum(own) == one.tax


@given(lines)
def test_the_tax_of_a_line_moves_by_a_cent_at_most(found: list[TaxLine]) -> None:
    plain = tax_by_line(found, TaxPolicy.LINE, "EUR")
    spread_out = tax_by_line(found, TaxPolicy.CATEGORY, "EUR")
    assert all(abs(one - other) <= D("0.01") for one, other in zip(plain, spread_out, strict=True))


@given(
    st.decimals(-1000, 1000, places=2),
    st.lists(st.decimals(-100, 100, places=2), min_size=1, max_size=10),
)
def test_any_difference_can_be_spread_to_the_cent(whole: D, parts: list[D]) -> None:
    assert sum(spread(whole, parts, parts, "EUR")) == whole


def test_what_cannot_be_spread_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be spread"):
        spread(D("1.005"), [D(1)], [D(1)], "EUR")
    with pytest.raises(ValueError, match="cannot be spread"):
        spread(D(1), [], [], "EUR")
    assert spread(D(0), [], [], "EUR") == ()


@pytest.mark.parametrize("category", TaxCategory)
def test_a_category_without_vat_needs_a_reason_and_the_others_take_none(
    category: TaxCategory,
) -> None:
    rate = D(21) if category is TaxCategory.STANDARD else D(0)
    bare, reasoned = TaxLine(D(1), category, rate), TaxLine(D(1), category, rate, "Why")
    wanted = category in {"E", "AE", "K", "G", "O"}
    assert category.needs_reason is wanted
    assert [fault.code for fault in tax_faults([bare])] == (
        ["TAX_REASON_MISSING"] if wanted else []
    )
    assert [fault.code for fault in tax_faults([reasoned])] == (
        [] if wanted else ["TAX_REASON_UNWANTED"]
    )


def test_reverse_charge_has_a_standard_reason_and_an_exemption_has_none() -> None:
    assert TaxCategory.REVERSE_CHARGE.reason_code == "VATEX-EU-AE"
    assert TaxCategory.EXEMPT.reason_code == ""


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (TaxLine(D(1), TaxCategory.STANDARD, D(0)), "TAX_RATE_MISSING"),
        (TaxLine(D(1), TaxCategory.ZERO_RATED, D(6)), "TAX_RATE_NOT_ZERO"),
        (TaxLine(D(1), TaxCategory.CANARY_ISLANDS, D(-1)), "TAX_RATE_NEGATIVE"),
    ],
)
def test_a_rate_that_does_not_fit_its_category_is_a_fault(line: TaxLine, code: str) -> None:
    assert [fault.code for fault in tax_faults([line])] == [code]


def test_lines_outside_vat_stand_alone() -> None:
    outside = TaxLine(D(1), TaxCategory.NOT_SUBJECT, D(0), "VATEX-EU-O")
    assert tax_faults([outside, outside]) == ()
    (fault,) = tax_faults([*standard("1"), outside])
    assert (fault.code, fault.line) == ("TAX_CATEGORIES_MIXED", 1)
