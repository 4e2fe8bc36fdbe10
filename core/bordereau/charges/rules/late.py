"""Late entries: work whose day lies in a period that was settled already.

The policy is one of the contract and can differ per entry. Issued invoices are never touched.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from bordereau.charges.rules.block_statements import Statement, statements
from bordereau.charges.rules.blocks import Block
from bordereau.charges.rules.drawing import Work
from bordereau.values.periods import Period, Proration


class LatePolicy(StrEnum):
    """What happens with late work.

    * bill_next: billed with the current period, drawn from the current balance
    * adjust: the settled periods are computed anew, and the difference is billed
    * write_off: never billed
    """

    BILL_NEXT = "bill_next"
    ADJUST = "adjust"
    WRITE_OFF = "write_off"


@dataclass(frozen=True, slots=True)
class Change:
    """One period of a restatement, as it was settled and as it is with the late work."""

    old: Statement
    new: Statement

    @property
    def difference(self) -> Decimal:
        """What the period costs more, or less if negative."""
        return self.new.charged - self.old.charged


@dataclass(frozen=True, slots=True)
class Restatement:
    """Settled periods computed anew; shown before it is applied.

    Attributes:
        changes: every period from that of the first late entry on.
        difference: the amount of the one adjustment line, plus or minus.
        opening: what is carried into the first period that is not settled yet.

    """

    changes: tuple[Change, ...]
    difference: Decimal
    opening: Decimal


def is_late(day: date, settled_until: date | None) -> bool:
    """Say whether work of this day missed its period.

    Args:
        day: the local day of the work.
        settled_until: the end (exclusive) of the last settled period; None if there is none.

    """
    return settled_until is not None and day < settled_until


def billing_day(day: date, policy: LatePolicy, settled_until: date | None) -> date | None:
    """Return the day that decides the period work is drawn from; None if it is written off.

    Late work that is billed next counts in the first period after the settled ones.
    """
    if settled_until is None or not is_late(day, settled_until):
        return day
    return {
        LatePolicy.BILL_NEXT: settled_until,
        LatePolicy.ADJUST: day,
        LatePolicy.WRITE_OFF: None,
    }[policy]


def restate(
    block: Block,
    settled: Sequence[Statement],
    late: Iterable[Work],
    *,
    contract_end: date,
    proration: Proration = Proration.NONE,
) -> Restatement:
    """Compute settled periods of a block anew, in order of work time, with late work added.

    Args:
        block: the terms.
        settled: the statements as they stand, in order and without gaps.
        late: late entries; those of days that no statement covers change nothing.
        contract_end: the last day of the contract.
        proration: what a period cut short adds and costs.

    """
    added = tuple(late)
    first = next(
        (
            place
            for place, one in enumerate(settled)
            if any(work.day in one.period for work in added)
        ),
        len(settled),
    )
    old = settled[first:]
    over: list[Period] = [one.period for one in old]
    known = [one.work for statement in old for one in statement.draws]
    new = statements(
        block,
        over,
        [*known, *added],
        contract_end=contract_end,
        opening=old[0].opening if old else Decimal(0),
        proration=proration,
    )
    changes = tuple(Change(before, after) for before, after in zip(old, new, strict=True))
    ending = new or tuple(settled)
    return Restatement(
        changes,
        sum((change.difference for change in changes), Decimal(0)),
        ending[-1].carried if ending else Decimal(0),
    )
