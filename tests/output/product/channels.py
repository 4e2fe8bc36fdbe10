"""The channels: two whose far side can be asked what it has, and two nobody can ask."""

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from tests.output.product.far_side import FarSide, Mood

from bordereau.contract import (
    Artifact,
    Config,
    Consignment,
    Delivery,
    DeliveryResult,
    Destination,
    Document,
    Fact,
    Features,
    Item,
    Outcome,
    Problem,
    Rejected,
    Retryable,
    Transport,
)

PLAIN = "text/plain"


class Ledger(Destination[Mood]):
    """An accounting system that can be asked what it has."""

    key: ClassVar[str] = "ledger"
    title: ClassVar[str] = "Ledger"
    config_model: ClassVar[type[Config]] = Mood
    features: ClassVar[Features] = Features(max_batch=10, can_find=True, concurrency=4)

    def build(self, consignment: Consignment) -> Artifact:
        """Show what is sent."""
        numbers = "\n".join(item.document.number for item in consignment.items)
        return Artifact(name="ledger.txt", media_type=PLAIN, content=numbers.encode())

    def export(self, consignment: Consignment) -> Iterable[DeliveryResult]:
        """Book them."""
        return FarSide(self.key, self.config).take(consignment)

    def find(self, consignment: Consignment) -> Mapping[str, DeliveryResult]:
        """Look them up by number."""
        if self.config.mood == "blind":
            raise Retryable("the search is down")
        there = {line["number"] for line in FarSide(self.key, self.config).books.lines()}
        return {
            item.delivery_id: DeliveryResult(
                delivery_id=item.delivery_id,
                outcome=Outcome.ADOPTED,
                reference=f"there/{item.document.number}",
            )
            for item in consignment.items
            if item.document.number in there
        }

    def validate(self, document: Document) -> Sequence[Problem]:
        """Dislike one number."""
        if self.config.odd.startswith("!") and document.number == self.config.odd[1:]:
            return [Problem(code="ACCOUNT_MISSING", message="No account.", hint="Map it.")]
        return ()


class Post(Delivery[Mood]):
    """A mail that nobody can be asked about afterwards."""

    key: ClassVar[str] = "post"
    title: ClassVar[str] = "Post"
    config_model: ClassVar[type[Config]] = Mood
    features: ClassVar[Features] = Features(
        needs=frozenset({PLAIN}), needs_recipient=True, concurrency=4
    )
    completes: ClassVar[Fact] = Fact.EMAILED
    modes: ClassVar[frozenset[str]] = frozenset(
        {"pdf_email", "print_pdf_email", "einvoice_pdf_email"}
    )

    def deliver(self, consignment: Consignment) -> Iterable[DeliveryResult]:
        """Send it."""
        for item in consignment.items:
            if not item.artifact(PLAIN).content:
                raise Rejected("an empty letter")
        return FarSide(self.key, self.config).take(consignment)

    def preview(self, item: Item) -> Artifact:
        """Show the letter."""
        return item.artifact(PLAIN)


class Printer(Post):
    """A printer: it needs no address."""

    key: ClassVar[str] = "printer"
    title: ClassVar[str] = "Printer"
    features: ClassVar[Features] = Features(needs=frozenset({PLAIN}), concurrency=4)
    completes: ClassVar[Fact] = Fact.PRINTED
    modes: ClassVar[frozenset[str]] = frozenset({"print", "print_pdf_email"})


class Cabinet(Post):
    """The customers' folders: they can be asked."""

    key: ClassVar[str] = "cabinet"
    title: ClassVar[str] = "Cabinet"
    features: ClassVar[Features] = Features(
        needs=frozenset({PLAIN}), transport=Transport.FILE, max_batch=100, can_find=True
    )
    completes: ClassVar[Fact] = Fact.FILED
    modes: ClassVar[frozenset[str]] = frozenset({"folder"})

    def find(self, consignment: Consignment) -> Mapping[str, DeliveryResult]:
        """Look into the folders."""
        there = {line["delivery"] for line in FarSide(self.key, self.config).books.lines()}
        return {
            item.delivery_id: DeliveryResult(delivery_id=item.delivery_id, outcome=Outcome.ADOPTED)
            for item in consignment.items
            if item.delivery_id in there
        }
