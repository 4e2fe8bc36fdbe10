"""The one place that puts the parts together: database, plugins, connections, engine.

A face opens a `House` and calls the rooms with what it holds.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bordereau.batches import Finalised, finalise
from bordereau.batches.tables import Batch
from bordereau.connections import Connections, Host
from bordereau.drafts import Invoiced, invoice_drafts
from bordereau.invoices import Issued, issue
from bordereau.invoices.numbers.issue import numbered_at_once
from bordereau.invoices.rules.collection import Collect
from bordereau.invoices.rules.grouping import LineLevel
from bordereau.output import Desk, OutputOptions, order_issued, tell_finalised
from bordereau.output.sweeper import Sweeper
from bordereau.output.wiring import output_jobs, output_queues
from bordereau.store import Database, Settings, TenantSession
from bordereau.tenancy import Actor, KeyRing, Right, record_audit
from bordereau.values.ids import TenantId, public_id
from bordereau.work import Engine, Enqueue
from bordereau_api.finalising import Finalising
from bordereau_api.opening import open_database
from bordereau_api.rating import RatingAll
from bordereau_api.upkeep import Forgetting


@dataclass(frozen=True, slots=True)
class House:
    """An open installation.

    Attributes:
        database: the way to the tables.
        connections: the installed plugins and what tenants set up with them.
        engine: durable work; any process may enqueue, a worker also runs it.
        keys: the keys of the installation, which seal secrets and sign links.

    """

    settings: Settings
    database: Database
    connections: Connections
    engine: Engine
    keys: KeyRing

    @property
    def host(self) -> Host:
        """The installed plugins."""
        return self.connections.host

    @property
    def desk(self) -> Desk:
        """Where files are made and looked at."""
        return Desk(database=self.database, connections=self.connections)

    @property
    def enqueue(self) -> Enqueue:
        """Enqueue a job in a transaction."""
        return self.engine.enqueuer()

    def finalise(
        self,
        tenant_id: TenantId,
        batch_id: UUID,
        actor: Actor,
        options: OutputOptions | None = None,
    ) -> Finalised:
        """Give a batch its numbers and, in the same transactions, order its output.

        Raises:
            BordereauError: as `bordereau.batches.finalise`.

        """

        def on_issued(session: TenantSession, batch: Batch, ids: Collection[UUID]) -> None:
            order_issued(
                session,
                self.enqueue,
                self.connections,
                title=batch.name,
                actor=actor,
                batch_id=batch.id,
                invoice_ids=list(ids),
                options=options,
            )

        return finalise(
            self.database,
            tenant_id,
            batch_id,
            actor=actor,
            on_issued=on_issued,
            on_finalised=lambda session, batch: tell_finalised(session, self.enqueue, batch.id),
        )

    def issue(
        self,
        session: TenantSession,
        actor: Actor,
        invoice_ids: Collection[UUID],
        options: OutputOptions | None = None,
    ) -> Issued:
        """Give drafts outside of a batch their numbers and, with options, order their output.

        Raises:
            Forbidden: RIGHT_MISSING.
            BordereauError: as `bordereau.invoices.issue` and `bordereau.output.order_issued`.

        """
        actor.must(Right.FINALISE)
        issued = issue(session, list(dict.fromkeys(invoice_ids)))
        for one in issued.invoice_ids:
            record_audit(session, actor, "invoice.issue", public_id("inv", one))
        if options is not None and issued.invoice_ids:
            order_issued(
                session,
                self.enqueue,
                self.connections,
                title="Invoices",
                actor=actor,
                invoice_ids=list(issued.invoice_ids),
                options=options,
            )
        return issued

    def invoice_drafts(
        self,
        session: TenantSession,
        actor: Actor,
        draft_ids: Collection[UUID],
        *,
        invoice_date: date,
        collect: Collect | None = None,
        line_level: LineLevel = LineLevel.ENTRY,
        compress: bool = False,
    ) -> list[Invoiced]:
        """Make the invoices of released pro formas; numbered at once where so configured.

        Raises:
            BordereauError: as `bordereau.drafts.invoice_drafts` and `issue`.

        """
        done = invoice_drafts(
            session,
            actor,
            draft_ids,
            invoice_date=invoice_date,
            collect=collect,
            line_level=line_level,
            compress=compress,
        )
        made = [invoice_id for one in done for invoice_id in one.invoice_ids]
        if at_once := numbered_at_once(session, made):
            self.issue(session, actor, at_once, OutputOptions())
        return done

    def close(self) -> None:
        """Let go of everything; an embedded database goes on."""
        self.engine.close()
        self.database.close()


@contextmanager
def open_house(settings: Settings | None = None, host: Host | None = None) -> Iterator[House]:
    """Open the installation that the settings name, as `opening.open_database` opens its database.

    Raises:
        SetupError: it is not ready; the message says what to do.

    """
    settings, host = settings or Settings(), host or Host.discover()
    with open_database(settings) as database:
        house = assemble(settings, database, host)
        try:
            yield house
        finally:
            house.close()


def assemble(settings: Settings, database: Database, host: Host) -> House:
    """Put the parts together over an open database that is up to date.

    Raises:
        SetupError: the keys of stored secrets cannot be read.

    """
    keys = KeyRing.load(settings.data_dir)
    connections = Connections(host, keys)
    desk = Desk(database=database, connections=connections)
    sweeper = Sweeper(desk, lambda: engine)
    finalising = Finalising(database, lambda: house.finalise)
    rating = RatingAll(database)
    engine = Engine(
        database,
        jobs=[*output_jobs(desk), finalising.job(), rating.job()],
        queues=[*output_queues(host), finalising.queue(), rating.queue()],
        recurring=[sweeper.recurring(), Forgetting(database).recurring()],
    )
    house = House(settings, database, connections, engine, keys)
    return house
