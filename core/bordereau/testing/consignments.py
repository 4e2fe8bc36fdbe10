"""Consignments to try a channel with, and where it runs: always the same for the same arguments."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from uuid import uuid5

from bordereau.contract import Artifact, Consignment, Context, Document, Features, Item
from bordereau.testing.documents import NAMESPACE, sample_documents

_PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
_ENDINGS = {"application/pdf": "pdf", "application/xml": "xml", "application/json": "json"}


def sample_context() -> Context:
    """Return where a capability runs in a test: a tenant, a connection, a fixed time."""
    return Context(tenant="acme", connection="main", now=datetime(2026, 4, 1, 9, 30, tzinfo=UTC))


def sample_item(document: Document, features: Features | None = None) -> Item:
    """Return a delivery of a document, with the files and the recipient that a channel needs."""
    taken = features or Features()
    key = uuid5(NAMESPACE, f"delivery of {document.id}").hex
    return Item(
        delivery_id=f"dlv_{key}",
        document=document,
        recipient=f"billing-{key[:8]}@example.com" if taken.needs_recipient else "",
        artifacts=tuple(sample_artifact(document, media) for media in sorted(taken.needs)),
    )


def sample_artifact(document: Document, media_type: str = "application/pdf") -> Artifact:
    """Return a small file of a media type, different for each document."""
    body = _PDF if media_type == "application/pdf" else b""
    name = f"{document.number or document.id}.{_ENDINGS.get(media_type, 'bin')}"
    content = body + f"% {document.id}\n".encode()
    return Artifact(name=name, media_type=media_type, content=content)


def sample_consignment(
    features: Features | None = None, size: int = 3, *, attempt: int = 1
) -> Consignment:
    """Return one consignment, no larger than the channel takes."""
    taken = features or Features()
    documents = sample_documents(min(size, taken.max_batch) if features else size, taken)
    return consignment_of([sample_item(document, taken) for document in documents], attempt=attempt)


def sample_consignments(
    features: Features, count: int, *, bad: int = 0, spoil: Callable[[Item], Item] | None = None
) -> list[Consignment]:
    """Return `count` items in consignments as large as the channel takes, `bad` of them spoilt.

    The spoilt ones lie apart, the last one last.
    """
    items = [sample_item(document, features) for document in sample_documents(count, features)]
    for place in range(1, bad + 1):
        position = place * count // bad - 1
        items[position] = (spoil or spoilt)(items[position])
    step = features.max_batch
    return [consignment_of(items[start : start + step]) for start in range(0, count, step)]


def consignment_of(items: Sequence[Item], *, attempt: int = 1) -> Consignment:
    """Return these items as one consignment; its key follows from them."""
    key = sha256("".join(item.delivery_id for item in items).encode()).hexdigest()[:32]
    return Consignment(
        request_key=key, title="Mars 2026 / März", items=tuple(items), attempt=attempt
    )


def spoilt(item: Item) -> Item:
    """Return the item as no channel can carry it: no number, no recipient, no files."""
    return replace(item, document=replace(item.document, number=""), recipient="", artifacts=())
