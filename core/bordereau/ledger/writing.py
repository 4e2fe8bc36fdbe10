"""Writing entries: a thousand with all their items in two COPYs."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select

from bordereau.invoices.plumbing import ordered_ids
from bordereau.ledger.rules.entries import Accounts, Entry
from bordereau.ledger.rules.sides import CreditBooking
from bordereau.ledger.tables import LedgerEntry, LedgerItem
from bordereau.store import TenantSession, among, copy_rows
from bordereau.tenancy.tables import Administration

ADMINISTRATION_PREFIX = "adm"
ENTRY_PREFIX = "ent"

_ENTRY = (
    "id", "kind", "administration_id", "invoice_id", "spread_id", "part_id", "entry_date",
    "document_date", "currency", "amount", "items", "posted_by",
)  # fmt: skip
_ITEM = (
    "entry_id", "position", "kind", "account", "debit", "credit", "line_ids", "tax_category",
    "tax_rate",
)  # fmt: skip


def write_entries(
    session: TenantSession, entries: Sequence[Entry], posted_by: str
) -> tuple[UUID, ...]:
    """Write entries and return their ids, in order; the database checks that each balances."""
    ids = ordered_ids()
    made = [(next(ids), entry) for entry in entries]
    copy_rows(
        session,
        LedgerEntry,
        _ENTRY,
        (
            (
                entry_id,
                entry.kind,
                entry.administration_id,
                entry.invoice_id,
                entry.spread_id,
                entry.part_id,
                entry.entry_date,
                entry.document_date,
                entry.currency,
                entry.amount,
                len(entry.items),
                posted_by,
            )
            for entry_id, entry in made
        ),
    )
    copy_rows(
        session,
        LedgerItem,
        _ITEM,
        (
            (
                entry_id,
                position,
                item.kind.value,
                item.account,
                item.debit,
                item.credit,
                list(item.line_ids),
                item.tax_category,
                item.tax_rate,
            )
            for entry_id, entry in made
            for position, item in enumerate(entry.items, 1)
        ),
    )
    return tuple(entry_id for entry_id, _ in made)


def hold_open(
    session: TenantSession, administration_ids: Iterable[UUID]
) -> dict[UUID, Administration]:
    """Read administrations and keep their periods from being closed until the commit."""
    found = session.scalars(
        select(Administration)
        .where(among(Administration.id, administration_ids))
        .order_by(Administration.id)
        .with_for_update(read=True),
        execution_options={"populate_existing": True},
    )
    return {one.id: one for one in found}


def accounts_of(administration: Administration) -> Accounts:
    """Return the accounts of an administration."""
    return Accounts(
        receivable=administration.receivable_account,
        tax=administration.tax_account,
        suspense=administration.suspense_account,
        booking=CreditBooking(administration.credit_booking),
    )
