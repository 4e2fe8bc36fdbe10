"""The output room put together with the test's plugins, rightly and, on demand, wrongly."""

import os
from datetime import timedelta
from pathlib import Path

from sqlalchemy import update
from tests.output.product.plugins import Grumpy, Plugin

from bordereau.connections import Connections, Host
from bordereau.contract import DeliveryResult
from bordereau.output import Desk, Pace, output_jobs, output_queues
from bordereau.output.consigning import Consigning
from bordereau.output.lot import Lot
from bordereau.output.tables import StoredDelivery
from bordereau.store import Database
from bordereau.tenancy import KeyRing
from bordereau.values.ids import TenantId, parse_id
from bordereau.work import Engine

KEYS = KeyRing({"test": b"k" * 32})
PACE = Pace(
    tries=6,
    first_wait=timedelta(seconds=0.2),
    longest_wait=timedelta(seconds=2),
    park_after=timedelta(seconds=30),
    breaks=3,
    rest=timedelta(minutes=1),
)


def make_desk(database: Database, folder: Path) -> Desk:
    """Put the room together; with REAL set the installed plugins are there too."""
    host = Host.discover() if "REAL" in os.environ else Host()
    host.register(Grumpy(folder), name="grumpy")
    host.register(Plugin(folder), name="faraway")
    return Desk(database=database, connections=Connections(host, KEYS), pace=PACE)


class Careless(Consigning):
    """The wrong order, to prove that the kill test can fail: it calls first and notes afterwards.

    What the intent wrote is taken back before the call, as if it had never been committed.
    """

    def _call(self, tenant: TenantId, lot: Lot) -> list[DeliveryResult]:
        ids = [parse_id("dlv", id_) for id_ in lot.attempts]
        forget = update(StoredDelivery).where(StoredDelivery.id.in_(ids))
        with self._desk.database.tenant(tenant) as session:
            session.execute(forget.values(state="waiting", in_doubt=False))
        answers = super()._call(tenant, lot)
        with self._desk.database.tenant(tenant) as session:
            session.execute(forget.values(state="sending", in_doubt=True))
        return answers


def make_engine(desk: Desk) -> Engine:
    """Wire the jobs; with CARELESS set those that carry do it in the wrong order."""
    jobs = output_jobs(desk)
    if "CARELESS" in os.environ:
        careless = Careless(desk).job()
        jobs = [careless if job.name == careless.name else job for job in jobs]
    return Engine(
        desk.database,
        jobs=jobs,
        queues=output_queues(desk.connections.host),
        pool_size=20,
    )
