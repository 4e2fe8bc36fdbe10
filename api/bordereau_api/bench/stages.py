"""The real services, stage by stage, as the faces call them."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bordereau.batches import (
    Finalised,
    Options,
    choose_owners,
    generate,
    get_batch,
    open_batch,
    run,
    totals,
)
from bordereau.batches.owners import OwnerPage, list_owners
from bordereau.batches.totals import Totals
from bordereau.charges import RatingReport, rate_all
from bordereau.contract import Document, Layout, Renderer
from bordereau.errors import SetupError
from bordereau.invoices.documents import documents_of
from bordereau.invoices.tables import Invoice
from bordereau.output import OutputOptions
from bordereau.output.progress import Progress, progress
from bordereau.tenancy import Actor
from bordereau.work import working
from bordereau_api.bench.channel import Nowhere
from bordereau_api.bench.scratch import RENDERER
from bordereau_api.bench.shop import Shop
from bordereau_api.bench.workload import AS_OF, PERIOD
from bordereau_api.wiring import House

ACTOR = Actor.installation("bench")
_LOOK_EVERY = 0.2  # seconds
_PATIENCE = 60  # seconds without any progress


@dataclass
class Stages:
    """An account on its way from charges to delivered invoices."""

    house: House
    shop: Shop
    batch_id: UUID = field(init=False)

    def connect(self) -> None:
        """Set up the renderer and the destination that every batch goes to."""
        with self.house.database.tenant(self.shop.tenant_id) as session:
            add = self.house.connections.add
            add(session, ACTOR, key=RENDERER, kind="renderer")
            add(session, ACTOR, key=Nowhere.key, kind="destination", automatic=True)

    def rate(self) -> RatingReport:
        """Compute the charges of all contracts."""
        return rate_all(self.house.database, self.shop.tenant_id, until=PERIOD)

    def open(self) -> None:
        """Open a batch with everything that is ready."""
        with self.house.database.tenant(self.shop.tenant_id) as session:
            options = Options(name="Bench")
            self.batch_id = open_batch(session, actor=ACTOR, as_of=AS_OF, options=options).id

    def preview(self) -> tuple[Totals, OwnerPage]:
        """Make what the page of a batch shows."""
        return self.totals(), self.page()

    def totals(self) -> Totals:
        """Make the totals of the batch."""
        with self.house.database.tenant(self.shop.tenant_id) as session:
            return totals(session, get_batch(session, self.batch_id))

    def page(self) -> OwnerPage:
        """Make the first page of its contracts."""
        with self.house.database.tenant(self.shop.tenant_id) as session:
            return list_owners(session, get_batch(session, self.batch_id))

    def tick(self, contract_id: UUID, *, ticked: bool) -> Totals:
        """Tick or untick one contract and make the totals again, as the page does."""
        with self.house.database.tenant(self.shop.tenant_id) as session:
            batch = get_batch(session, self.batch_id)
            choose_owners(session, batch, [contract_id], ticked=ticked, actor=ACTOR)
            return totals(session, batch)

    def run(self) -> None:
        """Reserve the charges and propose the invoices."""
        with self.house.database.tenant(self.shop.tenant_id) as session:
            run(session, get_batch(session, self.batch_id), actor=ACTOR)

    def generate(self) -> None:
        """Turn the proposals into drafts."""
        with self.house.database.tenant(self.shop.tenant_id) as session:
            batch = get_batch(session, self.batch_id)
            generate(session, batch, batch.preview_hash, actor=ACTOR)

    def finalise(self) -> Finalised:
        """Give the drafts their numbers and order their output."""
        return self.house.finalise(
            self.shop.tenant_id, self.batch_id, ACTOR, OutputOptions(customers=False)
        )

    def documents(self, amount: int) -> list[Document]:
        """Return the first documents of the batch."""
        with self.house.database.tenant(self.shop.tenant_id) as session:
            query = select(Invoice.id).where(Invoice.batch_id == self.batch_id)
            ids = session.scalars(query.order_by(Invoice.sequence).limit(amount))
            return [document for _, document in documents_of(session, ids)]

    def renderer(self) -> Renderer[Any]:
        """Build the renderer as output builds it."""
        connections = self.house.connections
        with self.house.database.tenant(self.shop.tenant_id) as session:
            row = next(one for one in connections.list(session) if one.kind == "renderer")
            built = connections.build(session, row)
        if not isinstance(built, Renderer):
            raise SetupError("BENCH_RENDERER", "The PDF renderer is not installed.")
        return built

    def deliver(self) -> Progress:
        """Run a worker in this process until nothing of the batch moves any more.

        Raises:
            SetupError: nothing moved for a minute.

        """
        with working(self.house.engine):
            return self._until_still()

    def _until_still(self) -> Progress:
        seen, since = -1, time.monotonic()
        while True:
            with self.house.database.tenant(self.shop.tenant_id) as session:
                now = progress(session, batch_id=self.batch_id)
            if not now.moving:
                return now
            if now.moving != seen:
                seen, since = now.moving, time.monotonic()
            elif time.monotonic() - since > _PATIENCE:
                raise SetupError("BENCH_STUCK", f"{now.moving} deliveries do not move.")
            time.sleep(_LOOK_EVERY)


def render(renderer: Renderer[Any], documents: Sequence[Document]) -> int:
    """Render each document once and return how many bytes that made."""
    return sum(len(renderer.render(one, Layout()).content) for one in documents)
