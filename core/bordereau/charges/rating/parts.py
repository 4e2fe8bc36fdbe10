"""Computed charges that somebody split: their parts follow the contract as the whole would.

Parts that are all free are put together again when the contract makes another amount. Where one is
billed or reserved, in a pro forma or written off, the others become what is left beside it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import case, update

from bordereau.catalog.saving import Row
from bordereau.charges.rating.withdrawing import MARK, withdraw, withdraw_parents
from bordereau.charges.tables import UNBILLED, Charge
from bordereau.store import TenantSession, among

Known = Mapping[str, Any]
_SPLIT_AT_ONCE = 2  # the version of a charge that nothing happened to but the split


@dataclass(frozen=True, slots=True)
class Whole:
    """A charge that was split.

    Attributes:
        charge: the charge itself; it keeps the amounts of the whole.
        free: parts that follow.
        fixed: parts that stay as they are.
        between: parts that were split again.

    """

    charge: Known
    free: list[Known] = field(default_factory=list)
    fixed: list[Known] = field(default_factory=list)
    between: list[Known] = field(default_factory=list)

    def rest(self, row: Row) -> Row | None:
        """Return what is left of a charge for the parts that follow; None if it cannot be told.

        Parts that were written off take at most what is left: they give nothing back.
        """
        if any(one["currency"] != row["currency"] for one in self.fixed):
            return None
        nets = {True: Decimal(0), False: Decimal(0)}
        for one in self.fixed:
            nets[one["state"] == "written_off"] += one["net"]
        left = row["net"] - nets[False]
        net = left - min(nets[True], max(left, Decimal(0)))
        rest = row | {"quantity": Decimal(1), "unit_price": net, "net": net}
        if row["billable_minutes"] is not None:
            rest["billable_minutes"] -= sum(one["billable_minutes"] or 0 for one in self.fixed)
        return rest


def is_free(charge: Known) -> bool:
    """Say whether a computed charge, or a part of one, still follows its contract."""
    in_draft = charge["parent_id"] is not None and charge["draft_id"] is not None
    return charge["state"] in UNBILLED and not in_draft


def wholes_of(charges: Iterable[Known]) -> dict[UUID, Whole]:
    """Return the charges that were split, with their parts, by id."""
    known = [one for one in charges if MARK not in one["source_key"]]
    wholes = {
        one["id"]: Whole(one)
        for one in known
        if one["parent_id"] is None and one["state"] == "split"
    }
    parents = {one["id"]: one["parent_id"] for one in known}
    for one in known:
        if one["parent_id"] is None:
            continue
        root = one["parent_id"]
        while parents.get(root):
            root = parents[root]
        if (whole := wholes.get(root)) is None:
            continue
        if one["state"] == "split":
            whole.between.append(one)
        else:
            (whole.free if is_free(one) else whole.fixed).append(one)
    return wholes


def put_together(session: TenantSession, wholes: Iterable[Whole]) -> int:
    """Withdraw the parts of charges of which none is fixed, and return how many.

    A charge that was split before anybody billed it is then as good as new.
    """
    found = list(wholes)
    if not found:
        return 0
    gone = withdraw(session, among(Charge.id, [one["id"] for whole in found for one in whole.free]))
    withdraw_parents(session, [one["id"] for whole in found for one in whole.between])
    as_new = case((Charge.version == _SPLIT_AT_ONCE, 1), else_=Charge.version + 1)
    session.execute(
        update(Charge)
        .where(among(Charge.id, [whole.charge["id"] for whole in found]))
        .values(state="closed", version=as_new),
        execution_options={"synchronize_session": False},
    )
    return gone
