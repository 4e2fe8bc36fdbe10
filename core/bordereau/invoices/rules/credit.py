"""Credits: how much is credited of which allocation, and which charges become billable again.

A credit settles money only; charges are reopened when chosen, and only those (AFAS Pro_Inv_Credit).
Nothing is credited twice: each allocation keeps what is left of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from bordereau.errors import Refused


@dataclass(frozen=True, slots=True)
class Credited:
    """What stands on an invoice for one charge, and what earlier credits took off it.

    Attributes:
        allocation_id: the tie of the charge to its line.
        charge_id: the charge; None for an amount without one.
        amount: the net amount billed; negative on a discount.
        credited: how much of it was credited before, with the sign of the amount.
        surcharge_percent: what it adds to the surcharge of its VAT group, if anything.
        live: whether the charge is still billed here, not reopened.

    """

    allocation_id: UUID
    charge_id: UUID | None
    amount: Decimal
    credited: Decimal = Decimal(0)
    surcharge_percent: Decimal | None = None
    live: bool = True

    @property
    def left(self) -> Decimal:
        """What can still be credited."""
        return self.amount - self.credited

    @property
    def reopens_at_nil(self) -> bool:
        """Whether it was billed at nil, so that nothing but its reopening can be credited."""
        return bool(self.charge_id) and not self.amount and self.live


@dataclass(frozen=True, slots=True)
class Pick:
    """A choice to credit an allocation.

    Attributes:
        allocation_id: which one.
        amount: how much of it; None for all that is left.
        reopen: whether its charge becomes billable again.

    """

    allocation_id: UUID
    amount: Decimal | None = None
    reopen: bool = False


@dataclass(frozen=True, slots=True)
class CreditLine:
    """What a credit note takes back of an allocation; positive where the invoice was positive."""

    allocation_id: UUID
    amount: Decimal
    reopens: UUID | None


def credit_lines(billed: Sequence[Credited], picks: Iterable[Pick]) -> tuple[CreditLine, ...]:
    """Return the lines of a credit note, in the order of the picks.

    Raises:
        Refused: UNKNOWN_ALLOCATION, ALREADY_CREDITED, CREDIT_TOO_LARGE, PICKED_TWICE, or
            REOPEN_NEEDS_WHOLE when a charge shall be reopened of which a part stays billed.

    """
    left = {one.allocation_id: one for one in billed}
    lines: dict[UUID, CreditLine] = {}
    for pick in picks:
        if pick.allocation_id not in left:
            raise Refused("UNKNOWN_ALLOCATION", "The invoice has no such item to credit.")
        if pick.allocation_id in lines:
            raise Refused("PICKED_TWICE", "An item was chosen twice for one credit note.")
        lines[pick.allocation_id] = _line(left[pick.allocation_id], pick)
    return tuple(lines.values())


def credit_all(billed: Iterable[Credited], *, reopen: bool = False) -> tuple[CreditLine, ...]:
    """Return the lines that credit all that is left of an invoice.

    What was billed at nil goes with them where it is to be reopened.

    Raises:
        Refused: ALREADY_CREDITED, nothing is left.

    """
    rest = [one for one in billed if one.left or (reopen and one.reopens_at_nil)]
    if not rest:
        raise Refused("ALREADY_CREDITED", "Nothing of the invoice is left to be credited.")
    return credit_lines(rest, [Pick(one.allocation_id, None, reopen) for one in rest])


def _line(one: Credited, pick: Pick) -> CreditLine:
    if not one.left:
        if pick.reopen and not pick.amount and one.reopens_at_nil:
            return CreditLine(one.allocation_id, one.left, one.charge_id)
        raise Refused("ALREADY_CREDITED", "The whole item was credited already.")
    amount = one.left if pick.amount is None else pick.amount
    if not 0 < amount / one.left <= 1:
        raise Refused(
            "CREDIT_TOO_LARGE",
            f"Of this item {one.left} is left to be credited, not {amount}.",
            hint="Lower the amount.",
            details={"left": str(one.left)},
        )
    if pick.reopen and amount != one.left:
        raise Refused(
            "REOPEN_NEEDS_WHOLE",
            "A charge can be billed again only if all of it is credited.",
            hint="Credit all that is left of it, or settle the money only.",
        )
    return CreditLine(one.allocation_id, amount, one.charge_id if pick.reopen else None)
