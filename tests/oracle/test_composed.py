"""What the product composes equals what the rules say, to the cent, over many invoices.

`BORDEREAU_ORACLE_INVOICES` says over how many, 2,000 by default; 100,000 take a few minutes.
"""

import os
from fractions import Fraction
from itertools import islice

from tests.oracle.composing import Seller, expected, found, units
from tests.oracle.reckoning import DECIMALS, half_up
from tests.oracle.sources import sources

AMOUNT = int(os.environ.get("BORDEREAU_ORACLE_INVOICES", "2000"))
CHUNK = 5_000
SEED = 20261115


def test_every_line_tax_and_total_equals_the_independent_reckoning(seller: Seller) -> None:
    all_sources, compared = sources(SEED, AMOUNT), 0
    while some := list(islice(all_sources, CHUNK)):
        for source, keys, invoice in seller.invoices(some):
            assert found(source, keys, invoice) == expected(source), source
            compared += 1
    assert compared == AMOUNT


def test_quantity_times_price_less_discount_gives_the_net_of_every_line(seller: Seller) -> None:
    """EN 16931: BT-131 = BT-129 x BT-146 - BT-136, and no price is negative (BR-27)."""
    for source, _, invoice in seller.invoices(sources(SEED + 1, 1_000)):
        scale = 10 ** DECIMALS[source.currency]
        for line in invoice.lines:
            gross = half_up(Fraction(line.quantity) * Fraction(line.unit_price) * scale)
            discount = units(line.discount, source.currency)
            assert gross - discount == units(line.net, source.currency), (source, line)
            assert line.unit_price >= 0, (source, line)


def test_the_sources_hold_every_mixture_that_the_rules_tell_apart() -> None:
    some = list(sources(SEED, 2_000))
    made = [expected(source) for source in some]
    assert {source.currency for source in some} >= {"EUR", "JPY", "KWD"}
    assert {source.policy for source in some} == {"category", "line"}
    assert sum(one.credit_note for one in made) > 20
    assert sum(len(one.surcharges) > 1 for one in made) > 50
    assert sum(len(one.subtotals) > 2 for one in made) > 50
