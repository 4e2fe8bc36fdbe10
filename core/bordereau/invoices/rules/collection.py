"""Collection: which charges share an invoice (A39, B18).

Charges of two administrations or two currencies never do.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Collect(StrEnum):
    """One invoice per contract, per customer or per project."""

    CONTRACT = "contract"
    CUSTOMER = "customer"
    PROJECT = "project"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a charge belongs, as far as it decides its invoice.

    Attributes:
        separate: the project wants an invoice of its own, however the others are collected.
        instalment_id: set on an instalment, which makes an invoice alone (B57).

    """

    administration_id: UUID
    currency: str
    customer_id: UUID
    contract_id: UUID | None = None
    project_id: UUID | None = None
    separate: bool = False
    instalment_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class InvoiceKey:
    """What the charges of one invoice have in common."""

    administration_id: UUID
    currency: str
    customer_id: UUID
    contract_id: UUID | None
    project_id: UUID | None
    instalment_id: UUID | None


def invoice_key(source: Source, collect: Collect) -> InvoiceKey:
    """Return the key that a charge shares with all others of its invoice."""
    alone = collect is not Collect.CUSTOMER
    return InvoiceKey(
        source.administration_id,
        source.currency,
        source.customer_id,
        source.contract_id if alone else None,
        source.project_id if alone or source.separate else None,
        source.instalment_id,
    )


def invoice_count(sources: Iterable[Source], collect: Collect) -> int:
    """Return how many invoices the charges would make (A13)."""
    return len({invoice_key(source, collect) for source in sources})
