"""Ordering output: what a second click finds again is never made twice."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from bordereau.catalog.tables import Customer, Layout
from bordereau.connections import Connections
from bordereau.errors import Invalid, NotFound, Refused
from bordereau.invoices.tables import Invoice
from bordereau.output.channels import connected
from bordereau.output.creation import anew, create, order_of
from bordereau.output.dispatch import dispatch
from bordereau.output.modes import FOLDER
from bordereau.output.options import OutputOptions
from bordereau.output.plan import Outgoing, Planned, plan
from bordereau.output.tables import OutputOrder
from bordereau.store import TenantSession, among
from bordereau.tenancy import Actor, Right, account, check_may_email, record_audit
from bordereau.values.ids import public_id, uuid7
from bordereau.work import Enqueue

CHUNK = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """What came of an order: how many deliveries it made, and how many were there already.

    Where nothing new was to be made, `order_id` is the order that made them.
    """

    order_id: UUID
    created: int
    found: int


def check_options(session: TenantSession, connections: Connections, options: OutputOptions) -> None:
    """Refuse what cannot be done now, before anything is begun.

    Raises:
        Forbidden: NOT_ENTITLED, the mode mails and the account is in trial (row A5).
        Refused: MODE_UNAVAILABLE, DESTINATION_UNAVAILABLE.
        Invalid: LAYOUT_WITHOUT_MODE (row B44).
        NotFound: the layout does not exist.

    """
    channels = connected(session, connections)
    if options.mode is not None and channels.require(options.mode).by_email:
        check_may_email(session)
    if options.save_in_folder:
        channels.require(FOLDER.key)
    channels.require_destinations(options.destinations or ())
    if options.layout_id is not None:
        if options.mode is None:
            raise Invalid(
                "LAYOUT_WITHOUT_MODE",
                "Another report can only be chosen together with an alternative mode.",
                where="layout_id",
                hint="Choose the mode too.",
            )
        if session.get(Layout, (session.tenant_id, options.layout_id)) is None:
            raise NotFound("layout", public_id("lay", options.layout_id))


def order(
    session: TenantSession,
    enqueue: Enqueue,
    connections: Connections,
    *,
    title: str,
    actor: Actor,
    batch_id: UUID | None = None,
    invoice_ids: Sequence[UUID] | None = None,
    options: OutputOptions | None = None,
) -> Ordered:
    """Order output of issued invoices: a whole batch, or a selection.

    Raises:
        Forbidden: RIGHT_MISSING, and as `check_options`.
        Refused: NOT_ISSUED, NOTHING_TO_SEND, and as `check_options`.

    """
    actor.must(Right.DELIVER)
    check_options(session, connections, options or OutputOptions())
    return order_issued(
        session,
        enqueue,
        connections,
        title=title,
        actor=actor,
        batch_id=batch_id,
        invoice_ids=invoice_ids,
        options=options,
    )


def order_issued(
    session: TenantSession,
    enqueue: Enqueue,
    connections: Connections,
    *,
    title: str,
    actor: Actor,
    batch_id: UUID | None = None,
    invoice_ids: Sequence[UUID] | None = None,
    options: OutputOptions | None = None,
) -> Ordered:
    """Order output in the transaction that issued the invoices.

    It never refuses for want of a channel or an entitlement, because the invoices are final
    whatever becomes of their output (row B34): such deliveries wait for a person.

    Raises:
        Refused: NOT_ISSUED, NOTHING_TO_SEND.

    """
    options = options or OutputOptions()
    _hold(session, batch_id, invoice_ids)
    ids = _issued(session, batch_id, invoice_ids)
    made = OutputOrder(
        id=uuid7(),
        batch_id=batch_id,
        title=title,
        options=options.model_dump(mode="json"),
        created_by=actor.name,
    )
    session.add(made)
    session.flush()
    planned = list(plan_all(session, connections, options, ids))
    if options.again:
        planned = anew(session, planned)
    created = create(session, made.id, planned)
    if not created and (first := order_of(session, planned)):
        session.delete(made)
        return Ordered(order_id=first, created=0, found=len(planned))
    dispatch(session, enqueue, connections, made.id, created)
    details = {"invoices": len(ids), "deliveries": len(created)}
    record_audit(session, actor, "output.order", public_id("ord", made.id), details)
    return Ordered(order_id=made.id, created=len(created), found=len(planned) - len(created))


def planned_deliveries(
    session: TenantSession,
    connections: Connections,
    *,
    batch_id: UUID | None = None,
    invoice_ids: Sequence[UUID] | None = None,
    options: OutputOptions | None = None,
) -> list[Planned]:
    """Show what an order would make, without making it (row B49): the same code decides.

    Raises:
        Refused: NOT_ISSUED, NOTHING_TO_SEND.

    """
    ids = _issued(session, batch_id, invoice_ids)
    return list(plan_all(session, connections, options or OutputOptions(), ids))


def outgoing(session: TenantSession, ids: Sequence[UUID]) -> Iterator[Outgoing]:
    """Read what planning needs of issued invoices, in the order of their numbers."""
    query = (
        select(
            Invoice.id,
            func.coalesce(Invoice.number, ""),
            Invoice.kind,
            Invoice.currency,
            Invoice.total,
            Customer.email,
            Customer.electronic_address,
            Customer.delivery_mode,
            Customer.save_in_folder,
        )
        .join(Customer, Customer.id == Invoice.customer_id)
        .order_by(Invoice.series_id, Invoice.sequence)
    )
    for start in range(0, len(ids), CHUNK):
        some = query.where(Invoice.id.in_(ids[start : start + CHUNK]))
        for row in session.execute(some):
            yield Outgoing(*row)


def _hold(
    session: TenantSession, batch_id: UUID | None, invoice_ids: Sequence[UUID] | None
) -> None:
    """Let no invoice be voided while its deliveries are made; those being voided are waited for.

    The lock order of the product: invoices by their ids, then deliveries.
    """
    mine = Invoice.batch_id == batch_id if invoice_ids is None else among(Invoice.id, invoice_ids)
    query = select(Invoice.id).where(mine).order_by(Invoice.id)
    session.execute(query.with_for_update(read=True, key_share=True))


def _issued(
    session: TenantSession, batch_id: UUID | None, invoice_ids: Sequence[UUID] | None
) -> list[UUID]:
    """Return the invoices an order is about; each must have its number."""
    query = select(Invoice.id, Invoice.state).order_by(Invoice.series_id, Invoice.sequence)
    if invoice_ids is None:
        rows = session.execute(query.where(Invoice.batch_id == batch_id)).all()
    else:
        rows = session.execute(query.where(Invoice.id.in_(invoice_ids))).all()
        if missing := set(invoice_ids) - {row.id for row in rows}:
            raise NotFound("invoice", public_id("inv", min(missing)))
    ids = [row.id for row in rows if row.state == "issued"]
    if invoice_ids is not None and len(ids) < len(rows):
        raise Refused(
            "NOT_ISSUED",
            "Only invoices with a number, and not voided, can be sent.",
            hint="Give them their numbers first.",
        )
    if not ids:
        raise Refused("NOTHING_TO_SEND", "There is no issued invoice to send.")
    return ids


def plan_all(
    session: TenantSession, connections: Connections, options: OutputOptions, ids: Sequence[UUID]
) -> Iterator[Planned]:
    """Plan the output of these invoices with the connections of this moment."""
    channels = connected(session, connections)
    ways = channels.destinations(options.destinations)
    may_email = account(session).plan == "subscriber"
    for invoice in outgoing(session, ids):
        yield from plan(invoice, options, channels, ways, may_email=may_email)
