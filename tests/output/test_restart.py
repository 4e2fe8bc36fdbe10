"""PostgreSQL is restarted under load: nothing is lost and nothing is doubled."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bordereau.store import Database, migrate
from bordereau.store.cluster import Cluster
from bordereau.store.embedded import APP, OWNER, embedded_cluster, make_home
from bordereau.work import migrate as migrate_work


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A server of one's own."""
    home = Path(tempfile.mkdtemp(prefix="bordereau-output-"))
    home.chmod(0o711)  # the server may run under another account
    cluster = embedded_cluster(home, {"fsync": "off"})
    cluster.start()
    make_home(cluster, "own")
    yield cluster
    cluster.stop()
    shutil.rmtree(home)


@pytest.fixture
def works(cluster: Cluster, make_works: Any) -> Iterator[Any]:
    """Works on that server; they end before it does."""
    database = Database(cluster.url(APP.name, "own"), cluster.url(OWNER.name, "own"))
    migrate(database)
    migrate_work(str(database.owner_url), APP.name)
    works = make_works(database)
    yield works
    works.end()


def test_a_restart_of_postgresql_under_load(cluster: Cluster, works: Any, new_shop: Any) -> None:
    shop = new_shop(works)
    shop.connect("renderer", "letter")
    shop.connect("delivery", "post")
    ledger = shop.connect("destination", "ledger", slow=0.02)
    shop.order(shop.invoices(60), destinations=[ledger])
    works.spawn("supervise", "1")
    shop.wait(lambda: sum(shop.there("post").values()) >= 10)
    cluster.stop()
    time.sleep(0.5)
    cluster.start()
    shop.settle(120)
    rows = shop.deliveries()
    exported = [row for row in rows if row.connection_id == ledger]
    mailed = [row for row in rows if row.connection_id != ledger]
    assert {row.state for row in exported} == {"done"}
    assert shop.there("ledger") == {shop.name_of(row): 1 for row in exported}
    assert {row.state for row in mailed} <= {"done", "unknown"}
    there = shop.there("post")
    assert set(there.values()) == {1}
    assert all(there[shop.name_of(row)] == 1 for row in mailed if row.state == "done")
    assert works.desk.pace.tries > max(row.tries for row in exported)
