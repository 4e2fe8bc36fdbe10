"""Retainer with a flat fee: quantity times rate in every period (Atera article 221005287)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bordereau.values.money import round_amount
from bordereau.values.periods import Period, Proration


@dataclass(frozen=True, slots=True)
class FeeTerms:
    """What a flat fee costs for a whole period, from a day on."""

    valid_from: date
    quantity: Decimal
    rate: Decimal


def retainer_fee(quantity: Decimal, rate: Decimal, currency: str) -> Decimal:
    """Return the fee of one whole period."""
    return round_amount(quantity * rate, currency)


def fee_for_period(
    terms: Sequence[FeeTerms], period: Period, proration: Proration, currency: str
) -> Decimal:
    """Return the fee of a period in which price or quantity may change.

    Without proration the terms of its first day count for the whole period, cut or not. With daily
    proration each day counts at its own terms, out of the days of the uncut period. Days before
    the first terms cost nothing.
    """
    ordered = sorted(terms, key=lambda one: one.valid_from)
    if proration is Proration.NONE:
        valid = [one for one in ordered if one.valid_from <= period.start]
        return retainer_fee(valid[-1].quantity, valid[-1].rate, currency) if valid else Decimal(0)
    ends = [*(one.valid_from for one in ordered), period.end][1:]
    weighted = Decimal(0)
    for one, until in zip(ordered, ends, strict=True):
        first, last = max(one.valid_from, period.start), min(until, period.end)
        weighted += one.quantity * one.rate * max(0, (last - first).days)
    return round_amount(weighted / period.whole.days, currency)
