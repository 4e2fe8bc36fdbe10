"""What the books consist of, as the model sees it.

Charges are known by their source keys, everything else by its code or a label of our own.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from tests.machine.money import ZERO, Span, spans

NOBODY = UUID(int=0)  # the id of what the product did not name yet
UNBILLED = {"open", "approved", "closed", "delayed"}
ONCE = {"ProjectOneTimeFee", "ProjectHourlyRate"}
ONCE_KINDS = {"time", "project_fee"}
BLOCKS = {"BlockHours", "BlockMoney"}
BLOCK_KINDS = {"block", "overage"}
COMPUTED = {"fee", "devices", "backup", "project_fee"} | BLOCK_KINDS


@dataclass
class Customer:
    """A customer; the name is what a proposal shows of it."""

    code: str
    name: str
    currency: str
    distance_selling: bool = False


@dataclass
class Device:
    """A monitored device, by the days on which it was there."""

    added_on: date
    removed_on: date | None = None


@dataclass
class Contract:
    """A contract with its terms, and what was counted for it.

    `rewritten` says that work was changed or deleted which a statement may have settled before.
    """

    code: str
    id: UUID
    type: str
    customer: str
    seller: str
    start: date
    end: date
    period: str
    terms: dict[str, object]
    tax: str
    advance: bool = False
    daily: bool = False
    taxable: bool = True
    late_policy: str = "bill_next"
    step: int = 0
    active: bool = True
    name: str = ""
    rewritten: bool = False
    devices: dict[str, Device] = field(default_factory=dict)
    readings: dict[tuple[date, str], Decimal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.name = self.name or self.code

    @property
    def once(self) -> bool:
        return self.type in ONCE

    @property
    def spans(self) -> Iterator[Span]:
        """Its billing periods; what is billed once has a single one."""
        kind = "EndOfContractDuration" if self.once else self.period
        return spans(self.start, self.end, kind)

    def span_of(self, day: date) -> Span | None:
        if not self.start <= day <= self.end:
            return None
        return next((span for span in self.spans if span.holds(day)), None)

    def figure(self, name: str) -> Decimal:
        return Decimal(str(self.terms[name]))


@dataclass
class Project:
    """A project and how it treats its cost lines."""

    code: str
    customer: str
    seller: str
    approval: bool
    separate: bool = False
    charge: bool = True
    id: UUID = NOBODY


@dataclass
class Ticket:
    """A ticket; without a contract its work waits."""

    code: str
    id: UUID
    customer: str
    contract: str | None
    resolved: bool


@dataclass
class Item:
    """A charge; `owner` is the code of its contract or project.

    `waits` is what keeps it from a balance that should count it, and is taken over.
    `touched` says that somebody acted on it, `kept` that an invoiced pro forma still shows it;
    either way it is not forgotten.
    """

    key: str
    kind: str
    customer: str
    seller: str
    currency: str
    day: date
    ready_on: date
    net: Decimal
    quantity: Decimal = Decimal(1)
    discount: Decimal = ZERO
    contract: str | None = None
    project: str | None = None
    ticket: str | None = None
    tax: str | None = None
    work: str | None = None
    minutes: int = 0
    starts_at: datetime | None = None
    rate: str = ""
    span: Span | None = None
    surcharge: Decimal = ZERO
    chargeable: bool = True
    state: str = "closed"
    delayed_until: date | None = None
    batch: str | None = None
    draft: str | None = None
    holds: frozenset[str] = frozenset()
    waits: frozenset[str] = frozenset()
    id: UUID = NOBODY
    touched: bool = False
    kept: bool = False
    reopened: bool = False

    @property
    def owner(self) -> str | None:
        return self.contract or self.project

    @property
    def free(self) -> bool:
        return self.state in UNBILLED

    @property
    def counts(self) -> bool:
        """Whether it draws from a block as soon as nothing holds it."""
        return self.chargeable and self.state in {"closed", "delayed"}

    def ready(self, as_of: date) -> bool:
        """Say whether nothing stands against billing it on a day."""
        delay_over = self.delayed_until is not None and self.delayed_until <= as_of
        state = self.state == "closed" or (self.state == "delayed" and delay_over)
        return (
            state
            and self.chargeable
            and not self.holds
            and not self.waits
            and self.draft is None
            and self.ready_on <= as_of
        )


@dataclass
class Invoice:
    """An invoice; amounts are those of the document, `sign` is -1 on a credit note.

    `items` are the charges behind it with the amount billed, `live` those that it still bills.
    Of a credit note, `takes` is what it takes back of each line or charge of its `original`,
    `touches` are these charges and `reopens` those that it frees. `facts` says that something was
    done with it; `replaces` is the invoice of which it is a copy.
    """

    label: str
    id: UUID
    batch: str | None
    seller: str
    customer: str
    currency: str
    sign: int
    net: Decimal
    tax: Decimal
    issue_date: date
    items: dict[str, Decimal]
    state: str = "proposed"
    number: str | None = None
    original: str | None = None
    takes: dict[UUID, Decimal] = field(default_factory=dict)
    reopens: set[str] = field(default_factory=set)
    touches: set[str] = field(default_factory=set)
    live: set[str] = field(default_factory=set)
    facts: bool = False
    replaces: str | None = None

    def __post_init__(self) -> None:
        self.live = set(self.items)

    @property
    def total(self) -> Decimal:
        return self.net + self.tax

    @property
    def kind(self) -> str:
        return "380" if self.sign > 0 else "381"


@dataclass
class Batch:
    """A batch and what was ticked in it."""

    label: str
    id: UUID
    source: str
    as_of: date
    collect: str
    level: str
    compress: bool
    name: str
    invoice_date: date | None = None
    state: str = "selecting"
    tick_all: bool = True
    owners: dict[str, bool] = field(default_factory=dict)
    items: dict[str, bool] = field(default_factory=dict)
    shown: object = None


@dataclass
class Line:
    """A line of a pro forma: the charge as it shows it, and what is to become of it."""

    net: Decimal
    method: str = "invoice"


@dataclass
class Draft:
    """A pro forma with its lines by the keys of their charges."""

    label: str
    id: UUID
    seller: str
    customer: str
    state: str = "new"
    lines: dict[str, Line] = field(default_factory=dict)
    delayed_until: date | None = None

    @property
    def open(self) -> bool:
        return self.state in {"new", "released", "changed"}
