"""Documents as issued, and the totals of their batches, equal the independent reckoning."""

from collections import defaultdict
from fractions import Fraction

import pytest
from tests.oracle.composing import DAY, Seller, expected
from tests.oracle.reckoning import DECIMALS, UNTAXED
from tests.oracle.sources import LEVELS, Source, sources
from tests.oracle.stored import CLERK, Filed

from bordereau.batches import Options, open_batch, totals
from bordereau.store import Database

SEED = 381


def batch_of_sources(level: str, *, surcharged: bool) -> list[Source]:
    """Return about forty sources that one batch can bill; on projects everything is taxed."""
    return [
        source
        for source in sources(SEED, 600)
        if (source.level, source.surcharged) == (level, surcharged)
        and not (surcharged and any(item.tax == UNTAXED for item in source.items))
    ][:40]


@pytest.mark.parametrize("surcharged", [False, True])
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.row("A40", "B19", "B52", "B54", "B55")
def test_issued_documents_equal_the_independent_reckoning(
    seller: Seller, database: Database, level: str, *, surcharged: bool
) -> None:
    some, filed = batch_of_sources(level, surcharged=surcharged), Filed(seller)
    for source in some:
        filed.add(source)
    batch = filed.bill(database, some)
    compared = 0
    for source, found, document in filed.issued(batch):
        assert found == expected(source), source
        assert document.number
        compared += 1
    assert compared == len(some) == 40


@pytest.mark.parametrize("surcharged", [False, True])
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.row("A13", "A16", "A17", "A19")
def test_live_totals_equal_the_sums_of_the_independent_reckoning(
    seller: Seller, level: str, *, surcharged: bool
) -> None:
    some, filed = batch_of_sources(level, surcharged=surcharged), Filed(seller)
    for source in some:
        filed.add(source)
    batch = open_batch(
        seller.session,
        actor=CLERK,
        source="projects" if surcharged else "contracts",
        as_of=DAY,
        options=Options(
            collect="customer",
            compress=level == "compressed",
            line_level=None if level == "compressed" else level,
        ),
    )
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for source in some:
        one = expected(source)
        sign = -1 if one.credit_note else 1
        parts = (1, sign * one.net, sign * one.tax)
        sums[source.currency] = [a + b for a, b in zip(sums[source.currency], parts, strict=True)]
    shown = {
        one.currency: [
            one.invoices,
            *(Fraction(part) * 10 ** DECIMALS[one.currency] for part in (one.billable, one.tax)),
        ]
        for one in totals(seller.session, batch).currencies
    }
    assert shown == sums
