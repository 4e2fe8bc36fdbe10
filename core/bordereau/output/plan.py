"""Planning: which deliveries an order makes for each invoice. Pure, so a preview is the result."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from bordereau.contract import DocumentKind, Fact
from bordereau.output.channels import Blocked, Channels, Way
from bordereau.output.modes import FOLDER, MODES, Mode, Part
from bordereau.output.options import OutputOptions

NOWHERE = "NO_METHOD"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What planning must know of an issued invoice and its customer of today."""

    id: UUID
    number: str
    kind: str
    currency: str
    total: Decimal
    email: str
    electronic_address: str
    preferred: str
    save_in_folder: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A delivery to be made; with a state other than `waiting` its code says why it waits."""

    invoice_id: UUID
    connection_id: UUID | None
    generation: int = 1
    mode: str = ""
    facts: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    recipient: str = ""
    state: str = "waiting"
    code: str = ""

    @property
    def place(self) -> str:
        """What it is a part of: the way to the customer, the folder, or one destination."""
        return place_of(self.mode, self.connection_id)


def place_of(mode: str, connection_id: UUID | None) -> str:
    """Return `customer`, `folder` or the id of a destination."""
    if mode == FOLDER.key:
        return mode
    return "customer" if mode or connection_id is None else str(connection_id)


def plan(
    invoice: Outgoing,
    options: OutputOptions,
    channels: Channels,
    destinations: Sequence[Way | Blocked],
    *,
    may_email: bool,
) -> Iterator[Planned]:
    """Plan one invoice: to its customer, into the folder, to the destinations.

    The alternative of the run wins over the customer's preference (row B38). What cannot go is
    planned too, with the reason: nothing is dropped without a word.
    """
    if options.customers:
        chosen = options.mode or invoice.preferred
        if not chosen:
            yield _stuck(invoice, "", NOWHERE)
        else:
            yield from _by_mode(invoice, chosen, channels, may_email=may_email)
        if options.save_in_folder or invoice.save_in_folder:
            yield from _by_mode(invoice, FOLDER.key, channels, may_email=may_email)
    for way in destinations:
        if isinstance(way, Blocked):
            yield Planned(
                invoice_id=invoice.id, connection_id=way.id, state="attention", code=way.code
            )
        else:
            yield _to_destination(invoice, way)


def _by_mode(
    invoice: Outgoing, key: str, channels: Channels, *, may_email: bool
) -> Iterator[Planned]:
    mode = FOLDER if key == FOLDER.key else MODES.get(key)
    cast = channels.play(mode) if mode else None
    if mode is None or cast is None:
        yield _stuck(invoice, key, "MODE_UNAVAILABLE")
        return
    for part, way in cast:
        yield _by_part(invoice, mode, part, way, may_email=may_email)


def _by_part(invoice: Outgoing, mode: Mode, part: Part, way: Way, *, may_email: bool) -> Planned:
    mails = part.completes is Fact.EMAILED
    planned = Planned(
        invoice_id=invoice.id,
        connection_id=way.connection.id,
        mode=mode.key,
        facts=tuple(fact.value for fact in (part.completes, *part.also)),
        media=tuple(sorted(part.adds | way.offered.features.needs)),
        recipient=invoice.email if mails else invoice.electronic_address,
    )
    if mails and not may_email:
        return replace(planned, state="attention", code="NOT_ENTITLED")
    if way.offered.features.needs_recipient and not planned.recipient:
        return replace(planned, state="attention", code="NO_EMAIL" if mails else "NO_RECIPIENT")
    return _unless_not_taken(invoice, way, planned)


def _to_destination(invoice: Outgoing, way: Way) -> Planned:
    planned = Planned(
        invoice_id=invoice.id,
        connection_id=way.connection.id,
        facts=(way.offered.completes.value,),
        media=tuple(sorted(way.offered.features.needs)),
    )
    if not invoice.total and not way.connection.zero_totals:
        return replace(planned, state="skipped", code="ZERO_TOTAL")
    return _unless_not_taken(invoice, way, planned)


def _unless_not_taken(invoice: Outgoing, way: Way, planned: Planned) -> Planned:
    features = way.offered.features
    if DocumentKind(invoice.kind) not in features.kinds:
        return replace(planned, state="skipped", code="KIND_NOT_TAKEN")
    if features.currencies and invoice.currency not in features.currencies:
        return replace(planned, state="attention", code="CURRENCY_NOT_TAKEN")
    if features.number_length and len(invoice.number) > features.number_length:
        return replace(planned, state="attention", code="NUMBER_TOO_LONG")
    return planned


def _stuck(invoice: Outgoing, mode: str, code: str) -> Planned:
    """Plan what no connection could be found for."""
    return Planned(
        invoice_id=invoice.id, connection_id=None, mode=mode, state="attention", code=code
    )
