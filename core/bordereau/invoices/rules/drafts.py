"""Drafts (pro forma, concept): what becomes of each line, and which way a draft may go.

AFAS pages pro_cncpt, Pro_Cncpt_Edit, _Prcmth, _Gen, _Add, _Postpone. A draft makes no surcharge
lines (B56) and takes neither distance sales (B22) nor international VAT.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from bordereau.errors import Invalid, Refused
from bordereau.values.tax import TaxCategory


class LineMethod(StrEnum):
    """What is to become of a draft line.

    *advance* bills an amount before its cost exists, and leaves the negative amount in the draft;
    *plus* is an amount added by hand on top of the cost, otherwise treated as the plain method.
    """

    INVOICE = "invoice"
    INVOICE_PLUS = "invoice_plus"
    INVOICE_ADVANCE = "invoice_advance"
    DELAY = "delay"
    DELAY_PLUS = "delay_plus"
    DELAY_ADVANCE = "delay_advance"
    WRITE_OFF = "write_off"
    WRITE_OFF_PLUS = "write_off_plus"
    WRITE_OFF_ADVANCE = "write_off_advance"

    @property
    def invoices(self) -> bool:
        """Whether the line goes on the invoice."""
        return self.value.startswith("invoice")

    @property
    def delays(self) -> bool:
        """Whether the line stays in the draft."""
        return self.value.startswith("delay")


class DraftState(StrEnum):
    """Where a draft stands.

    * new: cannot be invoiced yet
    * released: can be invoiced
    * changed: lines came in after the release, so it must be released again
    * delayed: postponed
    * invoiced: done, with an invoice or with everything written off
    * deleted: given up; its lines are free again
    """

    NEW = "new"
    RELEASED = "released"
    CHANGED = "changed"
    DELAYED = "delayed"
    INVOICED = "invoiced"
    DELETED = "deleted"


class DraftAction(StrEnum):
    """What can be done with a draft."""

    RELEASE = "release"
    CHANGE = "change"
    POSTPONE = "postpone"
    RESUME = "resume"
    INVOICE = "invoice"
    DELETE = "delete"


_MOVES = {
    (DraftState.NEW, DraftAction.RELEASE): DraftState.RELEASED,
    (DraftState.CHANGED, DraftAction.RELEASE): DraftState.RELEASED,
    (DraftState.NEW, DraftAction.CHANGE): DraftState.NEW,
    (DraftState.RELEASED, DraftAction.CHANGE): DraftState.CHANGED,
    (DraftState.CHANGED, DraftAction.CHANGE): DraftState.CHANGED,
    (DraftState.NEW, DraftAction.POSTPONE): DraftState.DELAYED,
    (DraftState.CHANGED, DraftAction.POSTPONE): DraftState.DELAYED,
    (DraftState.DELAYED, DraftAction.RESUME): DraftState.NEW,
    (DraftState.RELEASED, DraftAction.INVOICE): DraftState.INVOICED,
    (DraftState.NEW, DraftAction.DELETE): DraftState.DELETED,
    (DraftState.RELEASED, DraftAction.DELETE): DraftState.DELETED,
    (DraftState.CHANGED, DraftAction.DELETE): DraftState.DELETED,
    (DraftState.DELAYED, DraftAction.DELETE): DraftState.DELETED,
}


@dataclass(frozen=True, slots=True)
class MethodLine:
    """A draft line: its key, what is to become of it, and its net amount."""

    key: str
    method: LineMethod
    amount: Decimal


@dataclass(frozen=True, slots=True)
class DraftResult:
    """What invoicing a draft does with its lines.

    Attributes:
        invoiced: the lines of the invoice.
        left: the lines that stay in the draft, with the counterparts of advances.
        written_off: the lines that are given up.

    """

    invoiced: tuple[MethodLine, ...]
    left: tuple[MethodLine, ...]
    written_off: tuple[MethodLine, ...]

    @property
    def reason(self) -> str:
        """Why no invoice is made: WRITTEN_OFF, NOTHING_TO_INVOICE, or empty if one is."""
        if self.invoiced:
            return ""
        return "WRITTEN_OFF" if self.written_off and not self.left else "NOTHING_TO_INVOICE"


def line_method(text: str) -> LineMethod:
    """Return the line method of this name.

    Raises:
        Invalid: METHOD_UNKNOWN.

    """
    try:
        return LineMethod(text)
    except ValueError as error:
        raise Invalid(
            "METHOD_UNKNOWN",
            f"There is no line method {text!r}.",
            where="method",
            hint=f"Choose among: {', '.join(LineMethod)}.",
        ) from error


def invoice_draft(lines: Iterable[MethodLine]) -> DraftResult:
    """Sort the lines of a draft by what becomes of them, in their order."""
    invoiced, left, written_off = [], [], []
    for line in lines:
        if line.method.invoices:
            invoiced.append(line)
            if line.method is LineMethod.INVOICE_ADVANCE:
                left.append(MethodLine(line.key, LineMethod.DELAY_ADVANCE, -line.amount))
        elif line.method.delays:
            left.append(line)
        else:
            written_off.append(line)
    return DraftResult(tuple(invoiced), tuple(left), tuple(written_off))


def move(state: DraftState, action: DraftAction) -> DraftState:
    """Return the state after an action.

    Raises:
        Refused: DRAFT_NOT_RELEASED when an unreleased draft is to be invoiced (B14), else
            DRAFT_TRANSITION_REFUSED.

    """
    if (state, action) in _MOVES:
        return _MOVES[state, action]
    if action is DraftAction.INVOICE and state is not DraftState.INVOICED:
        message = "A draft must be released before it can be invoiced."
        raise Refused("DRAFT_NOT_RELEASED", message, hint="Release the draft first.")
    message = f"A draft that is {state} does not allow {action}."
    raise Refused("DRAFT_TRANSITION_REFUSED", message)


def check_tax(category: TaxCategory) -> None:
    """Refuse a tax that a draft may not hold.

    Distance sales, which drafts do not take either (B22), are held like anywhere else.

    Raises:
        Refused: DRAFT_TAX for VAT of a sale to another country.

    """
    if category in {TaxCategory.INTRA_COMMUNITY, TaxCategory.EXPORT}:
        message = f"VAT of category {category} is not allowed in drafts."
        raise Refused("DRAFT_TAX", message, hint="Invoice this line without the draft stage.")
