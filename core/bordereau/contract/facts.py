"""What can happen to an invoice, and the status a person reads."""

from enum import StrEnum


class Fact(StrEnum):
    """A thing that really happened, recorded with its time and proof (row B50)."""

    PRINTED = "printed"
    FILED = "filed"
    EMAILED = "emailed"
    EINVOICED = "einvoiced"
    EXPORTED = "exported"
    POSTED = "posted"
    PAID = "paid"
    REFUNDED = "refunded"


class Status(StrEnum):
    """The one word shown for an invoice, derived from its facts (rows A49 to A53)."""

    DRAFT = "draft"
    EXPORTED = "exported"
    SENT = "sent"
    PAID = "paid"
    REFUNDED = "refunded"
