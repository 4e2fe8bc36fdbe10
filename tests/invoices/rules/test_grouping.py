"""Lines at three levels, compressed or not, and invoices collected three ways."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bordereau.invoices.rules.collection import Collect, Source, invoice_count, invoice_key
from bordereau.invoices.rules.grouping import (
    Detail,
    GroupedLine,
    LineLevel,
    compress,
    group_lines,
)
from bordereau.values.money import round_amount
from bordereau.values.quantity import hours, time_amount
from bordereau.values.tax import TaxCategory


def entry(
    key: int, minutes: int, ticket: str = "T1", *, contract: str = "C1", rate: str = "90"
) -> Detail:
    return Detail(
        charge_id=UUID(int=key),
        contract=contract,
        contract_name=f"Contract {contract}",
        ticket=ticket,
        ticket_title=f"Ticket {ticket}" if ticket else "",
        description=f"Entry {key}",
        quantity=hours(minutes),
        unit="HUR",
        price=Decimal(rate),
        net=time_amount(minutes, Decimal(rate), "EUR"),
        tax_category=TaxCategory.STANDARD,
        tax_rate=Decimal(21),
    )


TWO_TICKETS = [entry(1, 20), entry(2, 40), entry(3, 60, "T2"), entry(4, 15, "T1", contract="C2")]


def shown(lines: tuple[GroupedLine, ...]) -> list[tuple[tuple[str, ...], str, Decimal]]:
    return [(line.headings, line.description, line.net) for line in lines]


@pytest.mark.row("A40")
def test_a_line_shows_the_descriptions_of_every_level_above_it() -> None:
    assert shown(group_lines(TWO_TICKETS, LineLevel.CONTRACT, "EUR")) == [
        ((), "Contract C1", Decimal("180.00")),
        ((), "Contract C2", Decimal("22.50")),
    ]
    assert shown(group_lines(TWO_TICKETS, LineLevel.TICKET, "EUR")) == [
        (("Contract C1",), "Ticket T1", Decimal("90.00")),
        (("Contract C1",), "Ticket T2", Decimal("90.00")),
        (("Contract C2",), "Ticket T1", Decimal("22.50")),
    ]
    assert shown(group_lines(TWO_TICKETS, LineLevel.ENTRY, "EUR"))[0] == (
        ("Contract C1", "Ticket T1"),
        "Entry 1",
        Decimal("30.00"),
    )


def test_hours_at_one_rate_add_up_and_others_become_one_piece() -> None:
    (same,) = group_lines([entry(1, 30), entry(2, 60)], LineLevel.TICKET, "EUR")
    assert (same.quantity, same.unit, same.price) == (Decimal("1.5"), "HUR", Decimal(90))
    (mixed,) = group_lines([entry(1, 30), entry(2, 60, rate="140")], LineLevel.TICKET, "EUR")
    assert (mixed.quantity, mixed.unit, mixed.price) == (Decimal(1), "C62", Decimal("185.00"))


def test_an_hour_and_a_piece_of_one_price_are_not_two_hours() -> None:
    piece = replace(entry(2, 60), unit="C62")
    (line,) = group_lines([entry(1, 60), piece], LineLevel.TICKET, "EUR")
    assert (line.quantity, line.unit, line.price) == (Decimal(1), "C62", Decimal("180.00"))


def test_rounded_details_are_added_even_where_their_hours_would_give_more() -> None:
    thirds = [entry(key, 20, rate="1") for key in (1, 2, 3)]
    (line,) = group_lines(thirds, LineLevel.TICKET, "EUR")
    assert (line.net, line.quantity, line.price) == (Decimal("0.99"), Decimal(1), Decimal("0.99"))


def test_lines_of_two_taxes_or_two_work_types_stay_apart() -> None:
    plain = entry(1, 60)
    exempt = replace(
        plain, tax_category=TaxCategory.EXEMPT, tax_rate=Decimal(0), exemption="Art. 44"
    )
    goods = replace(plain, item_code="CABLE")
    assert len(group_lines([plain, exempt, goods], LineLevel.CONTRACT, "EUR")) == 3
    assert len(compress([plain, exempt, goods, plain], "Work", "EUR")) == 3


def test_charges_without_a_ticket_stay_single_among_tickets() -> None:
    fees = [entry(1, 60, ""), entry(2, 60, "")]
    lines = group_lines(fees, LineLevel.TICKET, "EUR")
    assert [line.description for line in lines] == ["Entry 1", "Entry 2"]
    assert lines[0].headings == ("Contract C1",)
    loose = [replace(fee, contract="", contract_name="") for fee in fees]
    assert len(group_lines(loose, LineLevel.CONTRACT, "EUR")) == 2


def test_a_compressed_line_keeps_its_details_behind_it() -> None:
    (line,) = compress(TWO_TICKETS, "Support in June", "EUR")
    assert (line.description, line.net) == ("Support in June", Decimal("202.50"))
    assert line.details == tuple(TWO_TICKETS)


details = st.lists(
    st.builds(
        lambda key, minutes, ticket, contract, rate, discount: replace(
            entry(key, minutes, ticket, contract=contract, rate=str(rate)),
            discount=discount,
            net=time_amount(minutes, rate, "EUR") - discount,
        ),
        st.integers(1, 10**6),
        st.integers(1, 480),
        st.sampled_from(["", "T1", "T2"]),
        st.sampled_from(["", "C1", "C2"]),
        st.decimals(1, 200, places=2),
        st.sampled_from([Decimal(0), Decimal("0.50")]),
    ),
    min_size=1,
    max_size=15,
)


@pytest.mark.row("A40")
@given(details)
def test_the_total_is_the_same_at_every_level(found: list[Detail]) -> None:
    total = sum(one.net for one in found)
    for lines in (
        *(group_lines(found, level, "EUR") for level in LineLevel),
        compress(found, "All", "EUR"),
    ):
        assert sum(line.net for line in lines) == total
        assert sum(len(line.details) for line in lines) == len(found)
        for line in lines:
            assert round_amount(line.quantity * line.price, "EUR") - line.discount == line.net


CUSTOMER, ADMINISTRATION = UUID(int=1), UUID(int=2)


@pytest.fixture
def source() -> Callable[..., Source]:
    """Build a source of one customer and administration."""

    def make(**fields: object) -> Source:
        base = Source(administration_id=ADMINISTRATION, currency="EUR", customer_id=CUSTOMER)
        return replace(base, **fields)  # type: ignore[arg-type]

    return make


def test_contracts_of_a_customer_share_an_invoice_only_when_asked(
    source: Callable[..., Source],
) -> None:
    sources = [source(contract_id=UUID(int=10)), source(contract_id=UUID(int=11))]
    assert invoice_count(sources, Collect.CONTRACT) == 2
    assert invoice_count(sources, Collect.CUSTOMER) == 1


def test_projects_are_collected_per_customer_or_per_project(
    source: Callable[..., Source],
) -> None:
    projects = [source(project_id=UUID(int=20)), source(project_id=UUID(int=21))]
    assert invoice_count(projects, Collect.CUSTOMER) == 1
    assert invoice_count(projects, Collect.PROJECT) == 2
    alone = source(project_id=UUID(int=22), separate=True)
    assert invoice_count([*projects, alone], Collect.CUSTOMER) == 2


@pytest.mark.parametrize("collect", Collect)
def test_two_currencies_or_administrations_never_share_an_invoice(
    source: Callable[..., Source], collect: Collect
) -> None:
    sources = [source(), source(currency="USD"), source(administration_id=UUID(int=3))]
    assert invoice_count(sources, collect) == 3
    assert invoice_key(sources[0], collect) == invoice_key(source(), collect)


@pytest.mark.parametrize("collect", Collect)
def test_an_instalment_has_an_invoice_of_its_own(
    source: Callable[..., Source], collect: Collect
) -> None:
    project = UUID(int=20)
    sources = [
        source(project_id=project),
        source(project_id=project, instalment_id=UUID(int=30)),
        source(project_id=project, instalment_id=UUID(int=31)),
    ]
    assert invoice_count(sources, collect) == 3
