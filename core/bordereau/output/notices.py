"""The job `notify.v1`: plugins hear what was committed, each alone, and nothing is lost.

A notice is written in the transaction that it tells of. Hearing may happen twice after a crash.
"""

import logging
from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy import delete, func, insert, select

from bordereau.batches.tables import Batch
from bordereau.connections import switched_off
from bordereau.contract import BatchNotice, InvoiceNotice, Status
from bordereau.invoices import StatusChanged
from bordereau.invoices.tables import Invoice
from bordereau.output.desk import Desk
from bordereau.output.tables import Notice
from bordereau.store import TenantSession
from bordereau.tenancy import account
from bordereau.values.ids import TenantId, public_id, uuid7
from bordereau.work import Enqueue, Job, Result, reach

NOTIFY_JOB = "notify.v1"
NOTIFY_QUEUE = "notices"

log = logging.getLogger(__name__)

Heard = tuple[str, dict[str, object]]


def tell_changes(
    session: TenantSession, enqueue: Enqueue, changes: Sequence[StatusChanged]
) -> None:
    """Let plugins hear, after the commit, that invoices changed status."""
    told = [
        {"invoice": change.invoice_id.hex, "before": change.before, "after": change.after}
        for change in changes
    ]
    if told:
        _tell(session, enqueue, changes=told)


def tell_finalised(session: TenantSession, enqueue: Enqueue, batch_id: UUID) -> None:
    """Let plugins hear, after the commit, that a batch was finalised."""
    _tell(session, enqueue, batch_id=batch_id)


def _tell(session: TenantSession, enqueue: Enqueue, **values: object) -> None:
    id_ = uuid7()
    session.execute(insert(Notice).values(tenant_id=session.tenant_id, id=id_, **values))
    enqueue(session, NOTIFY_JOB, NOTIFY_QUEUE, id_)


class Notices:
    """Tells plugins what happened."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def job(self) -> Job:
        """Describe the job for the engine."""
        return Job(name=NOTIFY_JOB, step=self.step, book=self.book, exhausted=self.exhausted)

    def step(self, tenant: TenantId, notice_id: UUID, _attempt: int) -> Result:
        """Call the hear hook of every plugin that the tenant has switched on."""
        host = self._desk.connections.host
        with self._desk.database.tenant(tenant) as session:
            off = switched_off(session)
            slug = account(session).slug
            calls = _calls(session, notice_id)
        plugins = [plugin.name for plugin in host.plugins() if plugin.name not in off]
        failed = 0
        for hook, arguments in calls:
            failed += len(host.notify(hook, plugins, tenant=slug, **arguments))
        reach("after-hearing")
        return {"told": len(calls), "failed": failed}

    def book(
        self,
        session: TenantSession,
        _enqueue: Enqueue,
        _tenant: TenantId,
        notice_id: UUID,
        _attempt: int,
        _result: Result,
    ) -> None:
        """Forget the notice: it was told."""
        session.execute(delete(Notice).where(Notice.id == notice_id))

    def exhausted(self, tenant: TenantId, notice_id: UUID, _attempt: int, error: str) -> Result:
        """Give up on a notice that cannot be put together; say so in the log."""
        log.error("notice %s of tenant %s was not told: %s", notice_id, tenant, error)
        return {"told": 0}


def _calls(session: TenantSession, notice_id: UUID) -> list[Heard]:
    notice = session.get(Notice, (session.tenant_id, notice_id))
    if notice is None:
        return []
    if notice.batch_id is not None:
        return [("bordereau_batch_finalized", {"batch": _batch(session, notice.batch_id)})]
    ids = {UUID(change["invoice"]) for change in notice.changes}
    found = session.scalars(select(Invoice).where(Invoice.id.in_(ids)))
    invoices = {invoice.id: invoice for invoice in found}
    return [
        (
            "bordereau_status_changed",
            {
                "invoice": _notice(invoices[UUID(change["invoice"])]),
                "before": Status(change["before"]),
                "after": Status(change["after"]),
            },
        )
        for change in notice.changes
    ]


def _notice(invoice: Invoice) -> InvoiceNotice:
    return InvoiceNotice(
        id=public_id("inv", invoice.id),
        number=invoice.number or "",
        customer=str(invoice.buyer["name"]),
        currency=invoice.currency,
        total=invoice.total,
    )


def _batch(session: TenantSession, batch_id: UUID) -> BatchNotice:
    batch = session.get_one(Batch, (session.tenant_id, batch_id))
    rows = session.execute(
        select(Invoice.currency, func.count(), func.sum(Invoice.total))
        .where(Invoice.batch_id == batch_id, Invoice.state == "issued")
        .group_by(Invoice.currency)
    ).all()
    return BatchNotice(
        id=public_id("bat", batch_id),
        name=batch.name,
        invoices=sum(int(row[1]) for row in rows),
        totals={str(row[0]): Decimal(row[2]) for row in rows},
    )
