"""The classes a plugin offers. Built per tenant, connection and run; they hold no state.

A renderer makes a file of a document. A channel carries documents out: a delivery to customers, a
destination into an accounting system. Channels answer item by item; only the core writes statuses,
logs and retries.
"""

import logging
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from bordereau.contract.document import Document, DocumentKind
from bordereau.contract.facts import Fact
from bordereau.contract.results import Artifact, Consignment, DeliveryResult, Item, Problem

API_VERSION = 1


class Config(BaseModel):
    """The base of every plugin's settings; its JSON Schema is the administrator's form.

    Fields of type `SecretStr` are stored encrypted and apart.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)


ConfigT = TypeVar("ConfigT", bound=Config)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a capability may know of where it runs.

    Attributes:
        tenant: the tenant's slug, for logs and paths.
        connection: the name of the connection.
        now: when the run started, aware.
        root: the only folder below which this tenant's channels may write; None for any.

    """

    tenant: str
    connection: str
    now: datetime
    root: Path | None = None
    log: logging.Logger = field(default_factory=lambda: logging.getLogger("bordereau.plugin"))


class Capability(ABC, Generic[ConfigT]):
    """One thing a plugin can do for a tenant."""

    key: ClassVar[str]
    title: ClassVar[str]
    api_version: ClassVar[int] = API_VERSION
    config_model: ClassVar[type[Config]] = Config

    def __init__(self, config: ConfigT, context: Context) -> None:
        self.config = config
        self.context = context

    def check(self) -> None:
        """Try the settings without side effects; raise a `ChannelError` if they cannot work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a document looks: chosen by the core, drawn by the renderer.

    Attributes:
        name: of the layout, `default` for the built-in one.
        accent: colour of rules and headings, `#rrggbb`.
        logo: an SVG or PNG image, or empty.
        footer: legal mentions below every page.

    """

    name: str = "default"
    accent: str = "#1f4e79"
    logo: bytes = b""
    footer: str = ""


class Renderer(Capability[ConfigT]):
    """Makes a file of a document."""

    media_type: ClassVar[str]
    kinds: ClassVar[frozenset[DocumentKind]] = frozenset(DocumentKind)

    @abstractmethod
    def render(
        self, document: Document, layout: Layout, attachments: Sequence[Artifact] = ()
    ) -> Artifact:
        """Return the file. Same input, same bytes; raise `RenderError` if it cannot be made."""


class Transport(StrEnum):
    """How documents leave us."""

    PUSH = "push"  # we call, the far side answers
    FILE = "file"  # we write a file; nobody confirms it
    POLLED = "polled"  # the far side fetches and confirms later


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A limit of calls: at most `calls` within `period`."""

    calls: int
    period: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What the core must know of a channel before it plans a consignment.

    Attributes:
        max_batch: items per consignment; 1 where a lost answer can never be looked up.
        concurrency: consignments of one connection at the same time.
        rate: limit of consignments per connection, if the far side has one.
        needs: media types to render first.
        kinds: documents it takes.
        can_find: whether the far side can be asked what an earlier attempt left behind.
        needs_recipient: whether each item needs an address.
        number_length: how long a document number may be, 0 for no limit.
        currencies: which ones it takes; empty for all.

    """

    transport: Transport = Transport.PUSH
    max_batch: int = 1
    concurrency: int = 2
    rate: Rate | None = None
    needs: frozenset[str] = frozenset()
    kinds: frozenset[DocumentKind] = frozenset({DocumentKind.INVOICE, DocumentKind.CREDIT_NOTE})
    can_find: bool = False
    needs_recipient: bool = False
    number_length: int = 0
    currencies: frozenset[str] = frozenset()


class Channel(Capability[ConfigT]):
    """Carries documents out, a consignment at a time."""

    features: ClassVar[Features] = Features()
    completes: ClassVar[Fact]

    def validate(self, document: Document) -> Sequence[Problem]:
        """Return what stands against carrying this document. Pure: no network, no files."""
        return ()

    def find(self, consignment: Consignment) -> Mapping[str, DeliveryResult]:
        """Look up, by delivery id, what earlier attempts left behind. Absent means not there.

        Called only if `features.can_find`.
        """
        raise NotImplementedError(f"{self.key} says can_find but has no find()")


class Delivery(Channel[ConfigT]):
    """Carries documents to their customers.

    `modes` are the delivery modes this channel has a part in, for example `pdf_email`.
    """

    modes: ClassVar[frozenset[str]] = frozenset()

    @abstractmethod
    def deliver(self, consignment: Consignment) -> Iterable[DeliveryResult]:
        """Yield each item's result as soon as it is known. The core writes status and retries."""

    @abstractmethod
    def preview(self, item: Item) -> Artifact:
        """Show what would be carried, without carrying it. Pure."""


class Destination(Channel[ConfigT]):
    """Books documents in an accounting system."""

    completes: ClassVar[Fact] = Fact.EXPORTED

    @abstractmethod
    def build(self, consignment: Consignment) -> Artifact:
        """Return exactly what `export` sends. Pure: same input, same bytes."""

    @abstractmethod
    def export(self, consignment: Consignment) -> Iterable[DeliveryResult]:
        """Yield each item's result as soon as it is known. The core writes status and retries."""


AnyChannel = Delivery[Any] | Destination[Any]
