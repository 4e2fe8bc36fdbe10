"""A contract before and after a change, and what its periods cost then and now. Pure functions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, TypeVar

from bordereau.catalog.saving import Row
from bordereau.charges.owners import ContractFacts
from bordereau.charges.rating.computing import Usage, computed_rows

T = TypeVar("T")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Change:
    """A contract as it was and as it is, and the days that differ.

    Attributes:
        before, after: the contract; both with the terms that hold now.
        since, until: the first and the last day that differ.
        gone: what was counted before and is not any more.
        come: what is counted now and was not before.

    """

    before: ContractFacts
    after: ContractFacts
    since: date
    until: date
    gone: Usage = field(default_factory=Usage)
    come: Usage = field(default_factory=Usage)

    @property
    def longer(self) -> ContractFacts:
        """The contract with the later end: it has every period that either has."""
        return max(self.before, self.after, key=lambda one: one.end)

    @property
    def first(self) -> date | None:
        """The start of the first period that is touched; None if the contract has none there."""
        period = self.longer.period_of(max(self.since, self.longer.start))
        return period.start if period else None

    @property
    def last(self) -> date:
        """The last day of the last period that is touched."""
        day = min(self.until, self.longer.end)
        period = self.longer.period_of(day)
        return period.end - _DAY if period else day

    def billed_like(self, charge: Mapping[str, Any]) -> "Change":
        """Return the change in the currency and with the tax of what was billed."""
        fixed = {name: charge[name] for name in ("currency", "tax_code_id")}
        before, after = replace(self.before, **fixed), replace(self.after, **fixed)
        return replace(self, before=before, after=after)

    def rows(self, start: date, usage: Usage) -> tuple[Row | None, Row | None]:
        """Return what a period was charged and what it is charged now, with what is counted now."""
        used = Usage(
            [*_less(usage.devices, self.come.devices), *self.gone.devices],
            [*_less(usage.readings, self.come.readings), *self.gone.readings],
        )
        old = computed_rows(self.before, start, start, used)
        new = computed_rows(self.after, start, start, usage)
        return (old[0] if old else None, new[0] if new else None)


def _less(all_: Sequence[T], some: Sequence[T]) -> list[T]:
    """Return things without some of them, of which each counts once."""
    left = list(all_)
    for one in some:
        if one in left:
            left.remove(one)
    return left
