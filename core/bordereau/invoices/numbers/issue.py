"""Issuing: invoices get their numbers, their document as issued, and their place in the chain.

Numbers come from a locked row, never from a database sequence, which would leave gaps. The lock is
taken once per series and chunk, after all rows were read, and is held until the caller commits.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, text, update

from bordereau.contract import to_canonical
from bordereau.invoices.credits.crediting import settle_credits
from bordereau.invoices.credits.replaced import refuse_uncredited, take_charges_over
from bordereau.invoices.document_reading import Parts, load_sellers, read_parts
from bordereau.invoices.documents import build
from bordereau.invoices.numbers.series import open_series
from bordereau.invoices.plumbing import chunked, forget
from bordereau.invoices.rules.numbering import check_date, parse_pattern
from bordereau.invoices.tables import Invoice, Series
from bordereau.store import TenantSession, among
from bordereau.tenancy.tables import Administration

_WRITTEN = 250  # documents that are held and written at once


@dataclass(frozen=True, slots=True)
class Issued:
    """What issuing did: the ids that have a number now, and warnings for people."""

    invoice_ids: tuple[UUID, ...]
    warnings: tuple[str, ...] = field(default=())


class _Range(NamedTuple):
    """Numbers taken from a series: `first` is the next place, `head` the chain value before it."""

    series_id: UUID
    pattern: str
    first: int
    head: str
    last_date: date | None


class _Numbered(NamedTuple):
    id: UUID
    series_id: UUID
    sequence: int
    number: str
    document: str
    digest: str
    chain: str


def issue(session: TenantSession, invoice_ids: Collection[UUID]) -> Issued:
    """Give the drafts among these invoices their numbers, in the order of the ids given.

    Invoices that have a number already are left as they are, so that repeating is harmless. Call
    it with at most a thousand ids and commit soon: the series stays locked until then.

    Raises:
        Invalid: DATE_BEFORE_LAST, where the administration is strict about dates.
        Refused: REPLACED_NOT_CREDITED, a copy takes the place of an invoice that is still owed.

    """
    drafts = _lock_drafts(session, invoice_ids)
    parts = read_parts(session, drafts)
    heads = [parts[one].header for one in drafts]
    copies = {one.id: one.replaces_id for one in heads if one.replaces_id}
    refuse_uncredited(session, copies, drafts)
    sellers = load_sellers(session)
    warnings: list[str] = []
    issued: list[UUID] = []
    for key, wanted in _by_series(drafts, parts):
        taken = _take(session, *key, len(wanted))
        seller = sellers[key[0]]
        warnings += _check_dates(wanted, taken, seller)
        for some in chunked(wanted, _WRITTEN):
            numbered = _number(session, some, taken, seller)
            _write(session, numbered)
            issued += [one.id for one in numbered]
            taken = taken._replace(first=taken.first + len(some), head=numbered[-1].chain)
        _close(session, taken, wanted)
    forget(session)
    if notes := [one.id for one in heads if one.original_id]:
        settle_credits(session, notes)
    if copies:
        take_charges_over(session, copies)
    return Issued(tuple(issued), tuple(warnings))


def numbered_at_once(session: TenantSession, invoice_ids: Collection[UUID]) -> list[UUID]:
    """Return those invoices whose administration numbers them at generation."""
    return list(
        session.scalars(
            select(Invoice.id)
            .join(Administration, Administration.id == Invoice.administration_id)
            .where(among(Invoice.id, invoice_ids), Administration.finalise == "on_generate")
            .order_by(Invoice.id)
        )
    )


def _lock_drafts(session: TenantSession, invoice_ids: Collection[UUID]) -> list[UUID]:
    found = set(
        session.scalars(
            select(Invoice.id)
            .where(among(Invoice.id, invoice_ids), Invoice.state == "draft")
            .order_by(Invoice.id)
            .with_for_update()
        )
    )
    return [one for one in invoice_ids if one in found]


def _by_series(
    drafts: Iterable[UUID], parts: dict[UUID, Parts]
) -> list[tuple[tuple[UUID, str], list[Parts]]]:
    """Group by administration and kind; series are always locked in the same order."""
    groups: dict[tuple[UUID, str], list[Parts]] = defaultdict(list)
    for one in drafts:
        header = parts[one].header
        groups[header.administration_id, header.kind].append(parts[one])
    return sorted(groups.items())


def _take(session: TenantSession, administration_id: UUID, kind: str, count: int) -> _Range:
    """Take numbers from a series, which is opened when it is used for the first time."""
    taking = (
        update(Series)
        .where(Series.administration_id == administration_id, Series.kind == kind)
        .values(next=Series.next + count)
        .returning(Series.id, Series.pattern, Series.next - count, Series.head, Series.last_date)
        .execution_options(synchronize_session=False)
    )
    row = session.execute(taking).one_or_none()
    if row is None:
        open_series(session, administration_id)
        row = session.execute(taking).one()
    return _Range._make(row)


def _check_dates(wanted: list[Parts], taken: _Range, seller: Administration) -> list[str]:
    earliest = min(one.header.issue_date for one in wanted)
    warning = check_date(earliest, taken.last_date, strict=seller.strict_dates)
    return [warning] if warning else []


def _number(
    session: TenantSession, wanted: list[Parts], taken: _Range, seller: Administration
) -> list[_Numbered]:
    pattern, head = parse_pattern(taken.pattern), taken.head
    numbered = []
    for sequence, parts in enumerate(wanted, taken.first):
        header = parts.header
        number = pattern.number(sequence, header.issue_date)
        document = to_canonical(build(parts, seller, number))
        digest = hashlib.sha256(document).hexdigest()
        head = link(head, session.tenant_id, taken.series_id, sequence, header, digest)
        numbered.append(
            _Numbered(header.id, taken.series_id, sequence, number, document.decode(), digest, head)
        )
    return numbered


def link(
    head: str, tenant_id: int, series_id: UUID, sequence: int, header: Any, digest: str
) -> str:
    """Return the chain value of an invoice: a hash over the previous one and what it fixes.

    Beside the document it fixes whose invoice it is: tenant, series, place, id and customer.
    """
    parts = (head, tenant_id, series_id, sequence, header.id, header.customer_id, digest)
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()


def _close(session: TenantSession, taken: _Range, wanted: list[Parts]) -> None:
    """Leave the series with the chain value and the date of its last invoice."""
    latest = max(one.header.issue_date for one in wanted)
    session.execute(
        update(Series)
        .where(Series.id == taken.series_id)
        .values(head=taken.head, last_date=max(latest, taken.last_date or latest)),
        execution_options={"synchronize_session": False},
    )


# Documents travel in one text: an array of them would be escaped character by character, and the
# canonical form holds no line break.
_WRITE = text("""\
update invoice set state = 'issued', series_id = new.series_id, sequence = new.sequence,
  number = new.number, document = new.document, document_sha256 = new.digest, chain = new.chain,
  issued_at = now(), version = version + 1
from unnest(cast(:id as uuid[]), cast(:series_id as uuid[]), cast(:sequence as int[]),
  cast(:number as text[]), string_to_array(:document, E'\\n'), cast(:digest as text[]),
  cast(:chain as text[])) as new(id, series_id, sequence, number, document, digest, chain)
where invoice.tenant_id = :tenant_id and invoice.id = new.id""")


def _write(session: TenantSession, numbered: list[_Numbered]) -> None:
    columns = map(list, zip(*numbered, strict=True))
    values: dict[str, Any] = dict(zip(_Numbered._fields, columns, strict=True))
    values["document"] = "\n".join(values["document"])
    session.execute(_WRITE, {"tenant_id": session.tenant_id, **values})
