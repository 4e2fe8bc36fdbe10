"""A shop with issued invoices, a worker process that serves it, and the far side's books."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.output.product.wiring import make_desk, make_engine
from tests.output.shop import Shop
from tests.output.works import Works

from bordereau.store import Database
from bordereau.values.ids import TenantId
from bordereau.work import migrate as migrate_work


@pytest.fixture(scope="session")
def make_works(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[Database], Works]]:
    """A way to run the product on a migrated database; all of it ends with the tests."""
    made: list[Works] = []

    def make(database: Database) -> Works:
        folder = tmp_path_factory.mktemp("works")
        desk = make_desk(database, folder)
        made.append(Works(database, folder, desk, make_engine(desk)))
        return made[-1]

    yield make
    for works in made:
        works.end()


@pytest.fixture(scope="session")
def open_works(
    postgres: Any, new_database: Callable[[], str], make_works: Callable[[Database], Works]
) -> Callable[[], Works]:
    """A way to make a database with the engine's tables and run the product on it.

    Whoever opens works ends them: their processes hold connections, and a server has few.
    """

    def make() -> Works:
        database: Database = postgres.open(new_database())
        migrate_work(str(database.owner_url), "bordereau_test_app")
        return make_works(database)

    return make


@pytest.fixture
def new_works(open_works: Callable[[], Works]) -> Iterator[Callable[[], Works]]:
    """A way to make works that end with the test."""
    made: list[Works] = []

    def make() -> Works:
        made.append(open_works())
        return made[-1]

    yield make
    for works in made:
        works.end()


@pytest.fixture(scope="module")
def quiet_works(open_works: Callable[[], Works]) -> Iterator[Works]:
    """Works without a worker, for the tests of one module."""
    works = open_works()
    yield works
    works.end()


@pytest.fixture(scope="module")
def real_works(open_works: Callable[[], Works]) -> Iterator[Works]:
    """Works with a worker where the installed plugins are at hand as well."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REAL", "1")
        works = open_works()
        process = works.spawn()
    assert process.stdout.readline() == "ready\n"
    yield works
    works.end()


@pytest.fixture(scope="session")
def works(open_works: Callable[[], Works]) -> Works:
    """The works that tests share, with one worker that goes on from test to test."""
    works = open_works()
    process = works.spawn()
    assert process.stdout.readline() == "ready\n"
    return works


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
