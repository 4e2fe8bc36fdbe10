"""The delivery: one message for each document; it completes the fact EMAILED."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from bordereau.contract import (
    Artifact,
    Consignment,
    Delivery,
    DeliveryResult,
    Document,
    DocumentKind,
    Fact,
    Features,
    Item,
    Outcome,
    Problem,
    Rejected,
    Retryable,
    safe_name,
)
from bordereau_email.addresses import one_address
from bordereau_email.config import EmailConfig
from bordereau_email.message import compose, message_id
from bordereau_email.smtp import AnswerLostError, hand_over, session

_PDF = "application/pdf"
_FIRST_WAIT = timedelta(minutes=15)
_LONGEST_WAIT = timedelta(hours=12)


class Email(Delivery[EmailConfig]):
    """Sends each document to its customer's address, as PDF and with what else is attached.

    A server cannot be asked later what it took, so consignments hold one item, and a lost answer
    is for a person to settle.
    """

    key = "email"
    title = "E-mail"
    config_model = EmailConfig
    completes = Fact.EMAILED
    modes = frozenset({"pdf_email", "print_pdf_email"})
    features = Features(
        max_batch=1, needs=frozenset({_PDF}), needs_recipient=True, kinds=frozenset(DocumentKind)
    )

    def check(self) -> None:
        """Connect and log in, and send nothing."""
        with session(self.config):
            pass

    def validate(self, document: Document) -> Sequence[Problem]:
        """Refuse an invoice or credit note without a number; a pro forma has none."""
        if document.number or document.kind is DocumentKind.PRO_FORMA:
            return ()
        hint = "Issue it first."
        return [Problem(code="NOT_ISSUED", message="The document has no number.", hint=hint)]

    def preview(self, item: Item) -> Artifact:
        """Return the message as a file that mail programs open.

        Raises:
            Rejected: the recipient is not one address.

        """
        try:
            content = compose(item, self.config, self.context.now)
        except ValueError as error:
            raise Rejected(str(error)) from error
        name = safe_name(item.document.number or item.document.id)
        return Artifact(name=f"{name}.eml", media_type="message/rfc822", content=content)

    def deliver(self, consignment: Consignment) -> Iterator[DeliveryResult]:
        """Send each item; done is what the server accepted with 250."""
        for item in consignment.items:
            if refusal := self._refusal(item):
                yield DeliveryResult(
                    delivery_id=item.delivery_id, outcome=Outcome.REJECTED, message=refusal
                )
            else:
                yield self._send(item, consignment.attempt)

    def _send(self, item: Item, attempt: int) -> DeliveryResult:
        """Send one message.

        Raises:
            ActionRequired: the settings must be put right.
            Rejected: the server refused for good.
            Retryable: nothing was sent.

        """
        message = self.preview(item).content
        recipient = one_address(item.recipient)
        try:
            with session(self.config) as smtp:
                said = hand_over(smtp, self.config.sender, recipient, message)
        except Retryable as error:
            raise Retryable(str(error), after=_wait(attempt)) from error
        except AnswerLostError as error:
            said = (
                f"The connection broke after the message was sent ({error}); it may have arrived."
            )
            outcome = Outcome.UNKNOWN
        else:
            outcome = Outcome.CREATED
        return DeliveryResult(
            delivery_id=item.delivery_id,
            outcome=outcome,
            reference=message_id(item, self.config),
            message=said,
            needs_attention=outcome is Outcome.UNKNOWN,
        )

    def _refusal(self, item: Item) -> str:
        for problem in self.validate(item.document):
            return f"{problem.message} {problem.hint}"
        if all(artifact.media_type != _PDF for artifact in item.artifacts):
            return "There is no PDF to send."
        try:
            one_address(item.recipient)
        except ValueError as error:
            return str(error)
        return ""


def _wait(attempt: int) -> timedelta:
    """Return how long to wait: from a quarter of an hour, doubling up to half a day."""
    return min(_FIRST_WAIT * (1 << min(attempt - 1, 10)), _LONGEST_WAIT)
