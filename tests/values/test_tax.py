"""Tax once per category or on every line, and cents spread so that both agree."""

from decimal import Decimal

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

RATES = [
    Decimal(0),
    Decimal("5.5"),
    Decimal(6),
    Decimal("8.25"),
    Decimal(15),
    Decimal(20),
    Decimal(21),
    Decimal(25),
]


def standard(*nets: str, rate: str = "15") -> list[TaxLine]:
    return [TaxLine(Decimal(net), TaxCategory.STANDARD, Decimal(rate)) for net in nets]


def line_of(net: Decimal, rate: Decimal) -> TaxLine:
    return TaxLine(net, TaxCategory.STANDARD if rate else TaxCategory.ZERO_RATED, rate)


lines = st.lists(
    st.builds(line_of, st.decimals(-5000, 5000, places=2), st.sampled_from(RATES)), max_size=30
)


def test_tax_per_line_and_per_category_differ_by_a_cent() -> None:
    found = standard("25.06", "25.61", "25.63")
    (by_line,) = tax_totals(found, TaxPolicy.LINE, "EUR")
    (by_category,) = tax_totals(found, TaxPolicy.CATEGORY, "EUR")
    assert (by_line.tax, by_category.tax) == (Decimal("11.44"), Decimal("11.45"))
    assert by_line.taxable == by_category.taxable == Decimal("76.30")


def test_the_cent_goes_to_the_largest_line() -> None:
    found = standard("25.06", "25.61", "25.63")
    assert tax_by_line(found, TaxPolicy.CATEGORY, "EUR") == (
        Decimal("3.76"),
        Decimal("3.84"),
        Decimal("3.85"),
    )
    assert tax_by_line(found, TaxPolicy.LINE, "EUR") == (
        Decimal("3.76"),
        Decimal("3.84"),
        Decimal("3.84"),
    )
    three = standard("99.99", "99.99", "99.99", rate="25")
    assert sum(tax_by_line(three, TaxPolicy.CATEGORY, "EUR")) == Decimal("74.99")


def test_each_category_and_rate_has_a_subtotal_of_its_own() -> None:
    found = tax_totals(
        [
            TaxLine(Decimal(100), TaxCategory.STANDARD, Decimal(21)),
            TaxLine(Decimal(50), TaxCategory.STANDARD, Decimal(6)),
            TaxLine(Decimal(10), TaxCategory.EXEMPT, Decimal(0), "Art. 44"),
            TaxLine(Decimal(20), TaxCategory.STANDARD, Decimal("21.00")),
            TaxLine(Decimal(5), TaxCategory.EXEMPT, Decimal(0), "Art. 45"),
        ],
        TaxPolicy.CATEGORY,
        "EUR",
    )
    assert [(one.category, one.rate, one.taxable, one.tax) for one in found] == [
        ("E", Decimal(0), Decimal(15), Decimal("0.00")),
        ("S", Decimal(6), Decimal(50), Decimal("3.00")),
        ("S", Decimal(21), Decimal(120), Decimal("25.20")),
    ]
    assert [one.reason for one in found] == ["Art. 44; Art. 45", "", ""]


def test_tax_is_rounded_to_the_minor_unit_of_the_currency() -> None:
    (yen,) = tax_totals(standard("105", rate="10"), TaxPolicy.CATEGORY, "JPY")
    (dinar,) = tax_totals(standard("1.005", rate="5"), TaxPolicy.CATEGORY, "KWD")
    assert (yen.tax, dinar.tax) == (Decimal(11), Decimal("0.050"))


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
    assert all(
        abs(one - other) <= Decimal("0.01") for one, other in zip(plain, spread_out, strict=True)
    )


@given(
    st.decimals(-1000, 1000, places=2),
    st.lists(st.decimals(-100, 100, places=2), min_size=1, max_size=10),
)
def test_any_difference_can_be_spread_to_the_cent(whole: Decimal, parts: list[Decimal]) -> None:
    assert sum(spread(whole, parts, parts, "EUR")) == whole


def test_what_cannot_be_spread_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be spread"):
        spread(Decimal("1.005"), [Decimal(1)], [Decimal(1)], "EUR")
    with pytest.raises(ValueError, match="cannot be spread"):
        spread(Decimal(1), [], [], "EUR")
    assert spread(Decimal(0), [], [], "EUR") == ()


@pytest.mark.parametrize("category", TaxCategory)
def test_a_category_without_vat_needs_a_reason_and_the_others_take_none(
    category: TaxCategory,
) -> None:
    rate = Decimal(21) if category is TaxCategory.STANDARD else Decimal(0)
    bare, reasoned = TaxLine(Decimal(1), category, rate), TaxLine(Decimal(1), category, rate, "Why")
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
        (TaxLine(Decimal(1), TaxCategory.STANDARD, Decimal(0)), "TAX_RATE_MISSING"),
        (TaxLine(Decimal(1), TaxCategory.ZERO_RATED, Decimal(6)), "TAX_RATE_NOT_ZERO"),
        (TaxLine(Decimal(1), TaxCategory.CANARY_ISLANDS, Decimal(-1)), "TAX_RATE_NEGATIVE"),
    ],
)
def test_a_rate_that_does_not_fit_its_category_is_a_fault(line: TaxLine, code: str) -> None:
    assert [fault.code for fault in tax_faults([line])] == [code]


def test_lines_outside_vat_stand_alone() -> None:
    outside = TaxLine(Decimal(1), TaxCategory.NOT_SUBJECT, Decimal(0), "VATEX-EU-O")
    assert tax_faults([outside, outside]) == ()
    (fault,) = tax_faults([*standard("1"), outside])
    assert (fault.code, fault.line) == ("TAX_CATEGORIES_MIXED", 1)
