"""A shop with issued invoices, a worker process that serves it, and the far side's books."""

import importlib.util
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from tests.fixtures.books import Books

from bordereau.catalog.tables import Customer, Layout
from bordereau.connections.tables import Connection
from bordereau.invoices import issue
from bordereau.invoices.tables import Invoice, InvoiceFact, InvoiceLine, InvoiceTax
from bordereau.output import Ordered, OutputOptions, order
from bordereau.output.tables import Notice, StoredArtifact, StoredDelivery
from bordereau.store import Database, TenantSession
from bordereau.tenancy import Actor
from bordereau.tenancy.tables import Administration, Tenant
from bordereau.values.ids import TenantId, public_id, uuid7
from bordereau.work import Engine
from bordereau.work import migrate as migrate_work

SCRIPT = Path(__file__).with_name("product.py")
OPEN = ("waiting", "sending")


@pytest.fixture(scope="session")
def product() -> ModuleType:
    """The small product that tests and workers run."""
    spec = importlib.util.spec_from_file_location("output_test_product", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@dataclass
class Works:
    """A database with the engine's tables, and the workers on it."""

    product: ModuleType
    database: Database
    folder: Path
    desk: Any
    engine: Engine
    workers: list[subprocess.Popen[str]] = field(default_factory=list)

    def spawn(self, mode: str = "work", *arguments: str, **environment: str) -> Any:
        """Start a process of the product."""
        process = subprocess.Popen(
            [
                sys.executable,
                str(SCRIPT),
                mode,
                self.database.app_url,
                str(self.folder),
                *arguments,
            ],
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.workers.append(process)
        return process

    def heard(self, slug: str, name: str = "heard") -> list[dict[str, Any]]:
        """Return what a plugin heard of a tenant."""
        lines: list[dict[str, Any]] = self.product.Books(self.folder, name).lines()
        return [line for line in lines if line["tenant"] == slug]

    def end(self) -> None:
        """Kill what is left and close."""
        for process in self.workers:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.communicate()
        self.workers.clear()
        self.engine.close()
        self.database.close()


@pytest.fixture(scope="session")
def make_works(
    product: ModuleType, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[Database], Works]]:
    """A way to run the product on a migrated database; all of it ends with the tests."""
    made: list[Works] = []

    def make(database: Database) -> Works:
        folder = tmp_path_factory.mktemp("works")
        desk = product.make_desk(database, folder)
        made.append(Works(product, database, folder, desk, product.make_engine(desk)))
        return made[-1]

    yield make
    for works in made:
        works.end()


@pytest.fixture(scope="session")
def new_works(
    postgres: Any, new_database: Callable[[], str], make_works: Callable[[Database], Works]
) -> Callable[[], Works]:
    """A way to make a database with the engine's tables and run the product on it."""

    def make() -> Works:
        database: Database = postgres.open(new_database())
        migrate_work(str(database.owner_url), "bordereau_test_app")
        return make_works(database)

    return make


@pytest.fixture(scope="module")
def real_works(new_works: Callable[[], Works]) -> Works:
    """Works with a worker where the installed plugins are at hand as well."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REAL", "1")
        works = new_works()
        process = works.spawn()
    assert process.stdout.readline() == "ready\n"
    return works


@pytest.fixture(scope="session")
def works(new_works: Callable[[], Works]) -> Works:
    """The works that tests share, with one worker that goes on from test to test."""
    works = new_works()
    process = works.spawn()
    assert process.stdout.readline() == "ready\n"
    return works


@dataclass
class Shop:
    """A tenant with invoices, connections and a far side of its own."""

    works: Works
    tenant_id: TenantId
    folder: Path
    actor: Actor = field(default_factory=lambda: Actor.installation("tester"))
    keys: dict[UUID, str] = field(default_factory=dict)

    def session(self) -> Any:
        """Open a transaction of the tenant."""
        return self.works.database.tenant(self.tenant_id)

    def subscribe(self, plan: str = "subscriber") -> None:
        """Change the plan of the account."""
        with self.session() as session:
            session.scalars(select(Tenant)).one().plan = plan

    def connect(
        self,
        kind: str,
        key: str,
        *,
        automatic: bool = False,
        zero_totals: bool = False,
        own: bool = True,
        **settings: Any,
    ) -> UUID:
        """Set a capability up; `own` ones of the test plugin get the folder of their books."""
        with self.session() as session:
            row: Connection = self.works.desk.connections.add(
                session,
                self.actor,
                key=key,
                kind=kind,
                name=f"{key} {uuid7().hex[-6:]}",
                automatic=automatic,
                zero_totals=zero_totals,
                settings=({"folder": str(self.folder)} if own else {}) | settings,
            )
            return row.id

    def invoices(self, number: int = 1, total: str = "120", **customer: Any) -> list[UUID]:
        """Issue invoices to one new customer."""
        with self.session() as session:
            books = Books(session)
            books.numbers = iter(range(int(time.monotonic_ns() % 10**9), 10**12))
            seller = session.scalars(select(Administration)).first() or books.administration()
            buyer = books.customer(**customer)
            ids = [_draft(session, seller, buyer, Decimal(total)) for _ in range(number)]
            issue(session, ids)
            return ids

    def draft(self) -> UUID:
        """Write an invoice without a number."""
        with self.session() as session:
            books = Books(session)
            books.numbers = iter(range(int(time.monotonic_ns() % 10**9), 10**12))
            return _draft(session, books.administration(), books.customer(), Decimal(120))

    def layout(self, name: str) -> UUID:
        """Make a layout."""
        with self.session() as session:
            row = Layout(id=uuid7(), name=name)
            session.add(row)
            return row.id

    def files(self) -> list[StoredArtifact]:
        """Return the files that were kept."""
        with self.session() as session:
            return list(session.scalars(select(StoredArtifact).order_by(StoredArtifact.id)))

    def order(self, ids: Sequence[UUID] | None = None, **options: Any) -> Ordered:
        """Order output of invoices."""
        with self.session() as session:
            return order(
                session,
                self.works.engine.enqueuer(),
                self.works.desk.connections,
                title="October",
                actor=self.actor,
                invoice_ids=ids,
                options=OutputOptions(**options),
            )

    def deliveries(self, *ids: UUID) -> list[StoredDelivery]:
        """Return the deliveries, of these invoices or all."""
        with self.session() as session:
            query = select(StoredDelivery).order_by(StoredDelivery.id)
            if ids:
                query = query.where(StoredDelivery.invoice_id.in_(ids))
            return list(session.scalars(query))

    def key_of(self, row: StoredDelivery) -> str:
        """Return the key of the channel of a delivery."""
        if not self.keys:
            self.keys = {connection.id: connection.key for connection in self.connections()}
        return self.keys[row.connection_id] if row.connection_id else ""

    def name_of(self, row: StoredDelivery) -> str:
        """Return a delivery's id as the far side knows it."""
        return public_id("dlv", row.id)

    def states(self, *ids: UUID) -> Counter[tuple[str, str]]:
        """Count the deliveries by state and code."""
        return Counter((row.state, row.code) for row in self.deliveries(*ids))

    def settle(self, seconds: float = 60.0) -> Counter[tuple[str, str]]:
        """Wait until nothing is open, and count."""
        self.wait(lambda: not any(row.state in OPEN for row in self.deliveries()), seconds)
        return self.states()

    def wait(self, condition: Callable[[], bool], seconds: float = 60.0) -> None:
        """Wait until something is so."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"it did not happen in time: {self.states()}"
            time.sleep(0.05)

    def facts(self) -> Counter[str]:
        """Count the facts of all invoices."""
        with self.session() as session:
            return Counter(session.scalars(select(InvoiceFact.kind)))

    def statuses(self) -> Counter[str]:
        """Count the displayed statuses."""
        with self.session() as session:
            return Counter(session.scalars(select(Invoice.status)))

    def number(self, invoice_id: UUID) -> str:
        """Return the number of an invoice."""
        with self.session() as session:
            return str(session.scalar(select(Invoice.number).where(Invoice.id == invoice_id)))

    def there(self, key: str) -> Counter[str]:
        """Count what the far side has, by delivery."""
        lines = self.works.product.Books(self.folder, key).lines()
        return Counter(line["delivery"] for line in lines)

    def calls(self, key: str) -> list[dict[str, Any]]:
        """Return the calls the far side took."""
        lines: list[dict[str, Any]] = self.works.product.Books(self.folder, f"{key}-calls").lines()
        return lines

    def connections(self) -> list[Connection]:
        """Return all connections."""
        with self.session() as session:
            return list(session.scalars(select(Connection)))

    def customers(self, **values: str) -> None:
        """Change all customers."""
        with self.session() as session:
            session.execute(update(Customer).values(**values))

    def notices(self) -> int:
        """Count what plugins still have to hear."""
        with self.session() as session:
            return len(session.scalars(select(Notice.id)).all())

    def fact_actors(self) -> set[str]:
        """Return who stands behind the facts."""
        with self.session() as session:
            return set(session.scalars(select(InvoiceFact.actor)))

    def connection(self, id_: UUID) -> Connection:
        """Return a connection as it is now."""
        with self.session() as session:
            row: Connection = session.get_one(Connection, (self.tenant_id, id_))
            return row

    def change(self, id_: UUID, **settings: Any) -> None:
        """Change the settings of a connection."""
        with self.session() as session:
            self.works.desk.connections.change(
                session, self.actor, id_, settings={"folder": str(self.folder)} | settings
            )


def _draft(session: TenantSession, seller: Administration, buyer: Customer, total: Decimal) -> UUID:
    """Write an invoice of one line that is ready to be issued."""
    net = (total / Decimal("1.2")).quantize(Decimal("0.01"))
    invoice = Invoice(
        id=uuid7(),
        origin="ad_hoc",
        state="draft",
        administration_id=seller.id,
        customer_id=buyer.id,
        issue_date=date(2026, 11, 1),
        currency="EUR",
        language="en",
        tax_policy="category",
        net=net,
        tax=total - net,
        total=total,
        buyer={"name": buyer.name, "code": buyer.code, "address": {"country": "FR"}},
    )
    session.add(invoice)
    session.flush()
    rate = Decimal(20)
    session.add(
        InvoiceLine(
            invoice_id=invoice.id,
            position=1,
            name="Support",
            quantity=Decimal(1),
            unit_price=net,
            net=net,
            tax_code="T20",
            tax_category="S",
            tax_rate=rate,
        )
    )
    session.add(
        InvoiceTax(invoice_id=invoice.id, category="S", rate=rate, taxable=net, tax=total - net)
    )
    session.flush()
    return invoice.id


@pytest.fixture
def new_shop(
    new_tenant: Callable[..., TenantId], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Works], Shop]:
    """A way to make a shop in some works."""

    def make(works: Works) -> Shop:
        tenant_id = new_tenant(works.database, plan="subscriber")
        return Shop(works, tenant_id, tmp_path_factory.mktemp("far"))

    return make


@pytest.fixture
def shop(works: Works, new_shop: Callable[[Works], Shop]) -> Shop:
    """A subscriber's shop that can write letters."""
    shop = new_shop(works)
    shop.connect("renderer", "letter")
    return shop
