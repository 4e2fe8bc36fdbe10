"""Checking a number series: no gap, every document as it was issued, every link of the chain.

Whoever changes an issued invoice below the application, in the database itself, is found here: in
its columns, its lines or taxes, its document, its order, or by its absence. A chain does not notice
a tail that was cut off together with the counter; compare `ChainReport.head` with a published one.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bordereau.contract import Document, from_canonical
from bordereau.errors import NotFound
from bordereau.invoices.document_reading import Parts, read_parts
from bordereau.invoices.documents import build
from bordereau.invoices.numbers.issue import link
from bordereau.invoices.plumbing import CHUNK
from bordereau.invoices.tables import Invoice, Series
from bordereau.store import TenantSession
from bordereau.tenancy.tables import Administration
from bordereau.values.ids import public_id


@dataclass(frozen=True, slots=True)
class ChainFault:
    """Something that is not as it was issued.

    Attributes:
        sequence: the place in the series.
        number: the invoice number found there, empty if none is.
        code: NUMBER_MISSING, DOCUMENT_CHANGED, CHAIN_BROKEN, ROW_CHANGED or HEAD_CHANGED.
        message: the same for people.

    """

    sequence: int
    number: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What the check of a series found; `head` is the hash of its last invoice."""

    series_id: UUID
    checked: int
    head: str
    faults: tuple[ChainFault, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.faults


def verify_chain(session: TenantSession, series_id: UUID) -> ChainReport:
    """Check every invoice of a series, a thousand at a time.

    Raises:
        NotFound: there is no such series.

    """
    series = session.get(Series, (session.tenant_id, series_id), populate_existing=True)
    if series is None:
        raise NotFound("series", public_id("ser", series_id))
    faults: list[ChainFault] = []
    expected, head = series.first, ""
    checked = 0
    for row, parts in _issued(session, series_id):
        checked += 1
        while expected < row.sequence:
            faults.append(_missing(expected))
            expected += 1
        faults += _faults(row, parts, link_of(head, session.tenant_id, row))
        expected, head = row.sequence + 1, row.chain
    faults += [_missing(place) for place in range(expected, series.next)]
    if head != series.head or expected > series.next:
        message = "The series does not end with its last invoice."
        faults.append(ChainFault(series.next - 1, "", "HEAD_CHANGED", message))
    return ChainReport(series_id, checked, series.head, tuple(faults))


def link_of(head: str, tenant_id: int, row: Any) -> str:
    """Return the chain value that an issued invoice must have after `head`."""
    digest = hashlib.sha256(row.document.encode()).hexdigest()
    return link(head, tenant_id, row.series_id, row.sequence, row, digest)


def _issued(session: TenantSession, series_id: UUID) -> Iterator[tuple[Any, Parts]]:
    after = 0
    while True:
        rows = session.execute(
            select(
                Invoice.id,
                Invoice.customer_id,
                Invoice.series_id,
                Invoice.sequence,
                Invoice.number,
                Invoice.document,
                Invoice.document_sha256,
                Invoice.chain,
            )
            .where(Invoice.series_id == series_id, Invoice.sequence > after)
            .order_by(Invoice.sequence)
            .limit(CHUNK)
        ).all()
        if not rows:
            return
        parts = read_parts(session, [row.id for row in rows])
        for row in rows:
            yield row, parts[row.id]
        after = rows[-1].sequence or 0


def _missing(sequence: int) -> ChainFault:
    return ChainFault(sequence, "", "NUMBER_MISSING", f"Place {sequence} has no invoice.")


def _faults(row: Any, parts: Parts, chain: str) -> Iterator[ChainFault]:
    def fault(code: str, message: str) -> ChainFault:
        return ChainFault(row.sequence, row.number, code, f"Invoice {row.number}: {message}")

    if hashlib.sha256(row.document.encode()).hexdigest() != row.document_sha256:
        yield fault("DOCUMENT_CHANGED", "the document differs from its hash.")
    if row.chain != chain:
        yield fault("CHAIN_BROKEN", "it does not follow from the one before.")
    try:
        issued = from_canonical(row.document)
    except ValueError:
        yield fault("DOCUMENT_CHANGED", "the document cannot be read.")
        return
    if different := _differences(issued, parts):
        yield fault("ROW_CHANGED", f"the row differs in {', '.join(different)}.")


def _differences(issued: Document, parts: Parts) -> list[str]:
    """Name what the rows say otherwise than the document; what is not in the rows is left out."""
    number = parts.header.number
    now = build(parts, _SELLER, number)
    payment = issued.payment.split != now.payment.split
    names = [name for name in _IN_ROWS if getattr(issued, name) != getattr(now, name)]
    return [*names, *(["payment"] if payment else [])]


_SELLER = Administration(
    **dict.fromkeys(
        ("code", "name", "street", "additional", "postcode", "city", "subdivision", "country",
         "contact_name", "phone", "email", "legal_id", "legal_scheme", "vat_id",
         "electronic_address", "electronic_scheme", "iban", "bic", "payment_terms"), "")
)  # fmt: skip
_IN_ROWS = (
    "id", "kind", "number", "issue_date", "due_date", "currency", "language", "tax_policy",
    "buyer", "buyer_reference", "order_reference", "period", "preceding", "notes", "lines",
    "taxes", "totals",
)  # fmt: skip
