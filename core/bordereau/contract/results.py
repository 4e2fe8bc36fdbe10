"""What a plugin is given to carry, and what it answers."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bordereau.contract.document import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """A file made of a document, or of several."""

    name: str
    media_type: str
    content: bytes

    @property
    def sha256(self) -> str:
        """The hash of the content, in hex."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One delivery: a document for one channel.

    Attributes:
        delivery_id: our id, `dlv_…`; the same on every attempt, so that it can serve as a key.
        recipient: the address that the channel needs, for example an e-mail address.

    """

    delivery_id: str
    document: Document
    recipient: str = ""
    artifacts: tuple[Artifact, ...] = ()

    def artifact(self, media_type: str) -> Artifact:
        """Return the artifact of this media type.

        Raises:
            LookupError: the core was not asked to render it (see `Features.needs`).

        """
        for artifact in self.artifacts:
            if artifact.media_type == media_type:
                return artifact
        raise LookupError(f"{self.delivery_id} carries no {media_type}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Consignment:
    """What is carried in one go.

    Attributes:
        request_key: 32 hex digits; the same on every attempt, and only with the same items.
        title: what a person would call it, for example the name of the batch.
        attempt: 1 for the first try.

    """

    request_key: str
    title: str
    items: tuple[Item, ...]
    attempt: int = 1


class Outcome(StrEnum):
    """How one delivery ended, as far as anybody knows."""

    CREATED = "created"
    ADOPTED = "adopted"  # it was there already, and it is ours
    PENDING = "pending"  # accepted; the far side answers later
    REJECTED = "rejected"  # the far side said no
    RETRY = "retry"  # nothing was sent
    UNKNOWN = "unknown"  # it may have been sent: look before sending again

    @property
    def done(self) -> bool:
        """Whether the far side has it."""
        return self in (Outcome.CREATED, Outcome.ADOPTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryResult:
    """What became of one item.

    Attributes:
        reference: the far side's id or the place where it lies now.
        message: one sentence for a person; never a secret.
        unconfirmed: done as far as we can do it, but nobody there confirmed it (a file, row A50).
        needs_attention: a person should look.
        retry_after: how long to wait before the next attempt.

    """

    delivery_id: str
    outcome: Outcome
    reference: str = ""
    message: str = ""
    unconfirmed: bool = False
    needs_attention: bool = False
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why a document cannot go through a channel, found before anything is sent."""

    code: str
    message: str
    hint: str = ""
