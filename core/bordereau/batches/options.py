"""The options of a batch: its name, who shares an invoice, what a line stands for, the date."""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from bordereau.batches.tables import Batch
from bordereau.errors import Invalid
from bordereau.invoices.rules.collection import Collect
from bordereau.invoices.rules.grouping import LineLevel

COLLECTS = {
    "contracts": (Collect.CONTRACT, Collect.CUSTOMER),
    "projects": (Collect.CUSTOMER, Collect.PROJECT),
    "participants": (Collect.CUSTOMER,),
}
NAME_LENGTH = 200


class Keep(Enum):
    """Says that a date stays as it is, where None takes it away."""

    KEEP = "keep"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What can be set on a batch until it is generated; None leaves a setting as it is.

    Attributes:
        name: needed before run (row A36).
        collect: who shares an invoice (rows A39, B18).
        line_level: what one line stands for (row A40).
        compress: as few lines as taxes allow (row B19).
        invoice_date: of all invoices of the run; None for the batch's day (row B32).

    """

    name: str | None = None
    collect: str | None = None
    line_level: str | None = None
    compress: bool | None = None
    invoice_date: date | Keep | None = Keep.KEEP


AS_USUAL = Options()


def set_options(batch: Batch, options: Options) -> None:
    """Set what is given.

    Raises:
        Invalid: NAME_TOO_LONG, COLLECT_UNKNOWN or LINE_LEVEL_UNKNOWN.

    """
    if options.name is not None:
        batch.name = _name(options.name)
    if options.collect is not None:
        batch.collect = _one_of(options.collect, COLLECTS[batch.source], "collect")
    if options.line_level is not None:
        batch.line_level = _one_of(options.line_level, tuple(LineLevel), "line_level")
    if options.compress is not None:
        batch.compress = options.compress
    if not isinstance(options.invoice_date, Keep):
        batch.invoice_date = options.invoice_date


def must_have_name(batch: Batch) -> None:
    """Go on only if people can tell the batch from others (row A36).

    Raises:
        Invalid: BATCH_NAME_MISSING.

    """
    if not batch.name:
        raise Invalid("BATCH_NAME_MISSING", "A batch needs a name before it is run.", where="name")


def _name(text: str) -> str:
    name = text.strip()
    if len(name) > NAME_LENGTH:
        raise Invalid(
            "NAME_TOO_LONG",
            f"The name of a batch has at most {NAME_LENGTH} characters.",
            where="name",
            hint="Shorten it.",
        )
    return name


def _one_of(value: str, known: tuple[Any, ...], where: str) -> str:
    if value not in known:
        raise Invalid(
            f"{where.upper()}_UNKNOWN",
            f"{value!r} is not possible for this batch.",
            where=where,
            hint=f"Choose among: {', '.join(known)}.",
        )
    return str(value)
