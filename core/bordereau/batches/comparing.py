"""What changed between a preview and now, per invoice and field (beyond a changed hash)."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bordereau.batches.running import composed
from bordereau.batches.tables import Batch
from bordereau.invoices.composing.proposal import NewInvoice
from bordereau.invoices.stored import contents
from bordereau.invoices.tables import Invoice
from bordereau.store import TenantSession
from bordereau.values.ids import public_id

_MOST = 100  # differences are for people; more than this they do not read

Key = tuple[UUID, UUID, str, UUID | None, UUID | None]


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of one invoice, as shown and as it would be now; None where there is none.

    `field` is a path such as `lines.2.net`, or `invoice` where all of it came or went.
    """

    invoice_id: UUID | None
    customer: str
    field: str
    old: Any
    new: Any

    def as_details(self) -> dict[str, Any]:
        """Return it for programs."""
        return {
            "invoice": public_id("inv", self.invoice_id) if self.invoice_id else None,
            "customer": self.customer,
            "field": self.field,
            "old": self.old,
            "new": self.new,
        }


def differences(
    session: TenantSession, batch: Batch, without: Collection[UUID]
) -> Iterator[Difference]:
    """Yield the first differences between the stored proposals and what would be composed now.

    Args:
        session: the tenant's session.
        batch: a batch that was run.
        without: charges that cannot be billed any more.

    """
    fresh: dict[Key, list[NewInvoice]] = defaultdict(list)
    known: dict[str, int] = defaultdict(int)
    stored = _stored(session, batch)
    for _, _, mark in stored:
        known[mark] += 1
    for one in composed(session, batch, without):
        mark = one.fingerprint()
        if known[mark]:
            known[mark] -= 1
        elif len(fresh) < _MOST:
            fresh[_key(one)].append(one)
    left = {mark: count for mark, count in known.items() if count}
    changed = [(invoice_id, key) for invoice_id, key, mark in stored if mark in left][:_MOST]
    old = contents(session, [invoice_id for invoice_id, _ in changed])
    for invoice_id, key in changed:
        match = fresh[key].pop(0) if fresh.get(key) else None
        yield from _compare(invoice_id, old[invoice_id], match.content() if match else None)
    for one in (new for rest in fresh.values() for new in rest):
        yield from _compare(None, None, one.content())


def _stored(session: TenantSession, batch: Batch) -> list[tuple[UUID, Key, str]]:
    query = (
        select(
            Invoice.id,
            Invoice.administration_id,
            Invoice.customer_id,
            Invoice.currency,
            Invoice.contract_id,
            Invoice.project_id,
            Invoice.proposal_hash,
        )
        .where(Invoice.batch_id == batch.id, Invoice.state == "proposed")
        .order_by(Invoice.id)
    )
    return [
        (row[0], (row[1], row[2], row[3], row[4], row[5]), row[6]) for row in session.execute(query)
    ]


def _key(one: NewInvoice) -> Key:
    return (one.administration_id, one.customer_id, one.currency, one.contract_id, one.project_id)


def _compare(
    invoice_id: UUID | None, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None
) -> Iterator[Difference]:
    customer = str((new or old or {})["buyer"]["name"])
    if old is None or new is None:
        shown = (old["total"] if old else None, new["total"] if new else None)
        yield Difference(invoice_id, customer, "invoice", *shown)
        return
    for path, before, after in _walk("", old, new):
        yield Difference(invoice_id, customer, path, before, after)


def _walk(path: str, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield the paths at which two values differ."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in sorted({*old, *new}):
            yield from _walk(f"{path}.{name}".lstrip("."), old.get(name), new.get(name))
    elif isinstance(old, (list, tuple)) and isinstance(new, (list, tuple)):
        for place in range(max(len(old), len(new))):
            before = old[place] if place < len(old) else None
            after = new[place] if place < len(new) else None
            yield from _walk(f"{path}.{place + 1}", before, after)
    elif old != new:
        yield path, old, new
