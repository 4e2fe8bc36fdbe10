"""A real server, a fresh database for every test, and real worker processes."""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from types import ModuleType
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text

from bordereau.store.cluster import SUPERUSER, Cluster
from bordereau.store.database import Database
from bordereau.store.embedded import APP, OWNER, embedded_cluster, make_home
from bordereau.store.roles import plain_url
from bordereau.values.ids import TenantId, uuid7
from bordereau.work import Engine, migrate

SCRIPT = Path(__file__).with_name("app.py")
TENANT = TenantId(1)


@pytest.fixture(scope="session")
def app() -> ModuleType:
    """The small product that the tests run on the engine."""
    spec = importlib.util.spec_from_file_location("work_test_app", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass
class Server:
    """A running server with a template database that holds the engine's tables and ours."""

    cluster: Cluster
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def admin(self, statement: str) -> None:
        """Run a statement as superuser."""
        url = plain_url(self.cluster.url(SUPERUSER, "postgres"))
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(statement)

    def prepare(self, schema: str) -> None:
        """Make the template."""
        make_home(self.cluster, "template")
        owner = self.cluster.url(OWNER.name, "template")
        migrate(owner, APP.name)
        with psycopg.connect(plain_url(owner)) as connection:
            connection.execute(schema)

    def fresh(self, template: str = "template") -> Database:
        """Copy a template."""
        name = f"test{next(self.numbers)}"
        self.admin(f"create database {name} template {template} owner {OWNER.name}")
        return Database(self.cluster.url(APP.name, name))


@pytest.fixture(scope="session")
def new_server(app: ModuleType) -> Iterator[Callable[[], Server]]:
    """Make a server of one's own; all of them end with the tests."""
    made: list[tuple[Cluster, Path]] = []

    def make() -> Server:
        home = Path(tempfile.mkdtemp(prefix="bordereau-work-"))
        home.chmod(0o711)  # the server may run under another account
        cluster = embedded_cluster(home, {"fsync": "off", "max_connections": "200"})
        made.append((cluster, home))
        cluster.start()
        server = Server(cluster)
        server.prepare(app.SCHEMA)
        return server

    yield make
    for cluster, home in made:
        cluster.stop()
        shutil.rmtree(home)


@pytest.fixture(scope="session")
def server(new_server: Callable[[], Server]) -> Server:
    """The server that tests share."""
    return new_server()


@dataclass
class Bench:
    """A database, an engine that enqueues, and the workers of one test."""

    app: ModuleType
    database: Database
    engine: Engine
    workers: list[subprocess.Popen[str]] = field(default_factory=list)

    def enqueue(self, job: str, number: int = 1, queue: str = "quick") -> list[UUID]:
        """Enqueue a job for new subjects, in one transaction."""
        subjects = [uuid7() for _ in range(number)]
        with self.database.tenant(TENANT) as session:
            for subject in subjects:
                self.engine.enqueuer()(session, job, queue, subject)
        return subjects

    def notes(self, kind: str) -> Counter[UUID]:
        """Count what happened to each subject."""
        with self.database.tenant(TENANT) as session:
            query = text("select subject, count(*) from note where kind = :kind group by 1")
            return Counter({row[0]: row[1] for row in session.execute(query, {"kind": kind})})

    def rows(self, query: str, **values: object) -> list[tuple[object, ...]]:
        """Ask the database as the tenant."""
        with self.database.tenant(TENANT) as session:
            return [tuple(row) for row in session.execute(text(query), values)]

    def spawn(self, mode: str = "work", *arguments: str, **environment: str) -> "Worker":
        """Start a process of the small product; `ready` waits until it works."""
        process = subprocess.Popen(
            [sys.executable, str(SCRIPT), mode, self.database.app_url, *arguments],
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            text=True,
        )
        self.workers.append(process)
        return Worker(process)

    def wait(self, condition: Callable[[], bool], seconds: float = 60.0) -> None:
        """Wait until something is so."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "it did not happen in time"
            time.sleep(0.05)

    def slots(self) -> list[tuple[int, int]]:
        """List the slots that are taken and the connections that hold them."""
        query = text(
            "select l.objid::int, l.pid from pg_locks l join pg_database d on d.oid = l.database"
            " where l.locktype = 'advisory' and l.classid = 7331 and l.granted"
            " and d.datname = current_database() order by 1"
        )
        with self.database.operator() as session:
            return [(row[0], row[1]) for row in session.execute(query)]

    def pids(self) -> list[int]:
        """List the processes that have begun a step."""
        return [pid for [pid] in self.rows("select distinct pid from note") if isinstance(pid, int)]

    def end(self) -> None:
        """Kill what is left."""
        for process in self.workers:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.wait()
            if process.stdout is not None:
                process.stdout.close()
        self.engine.close()
        self.database.close()


@dataclass
class Worker:
    """A process of the small product."""

    process: subprocess.Popen[str]

    def ready(self) -> "Worker":
        """Wait until it works."""
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"
        return self

    def stop(self, number: int = signal.SIGTERM, seconds: float = 60.0) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(seconds)


@pytest.fixture
def new_bench(app: ModuleType) -> Iterator[Callable[[Server], Bench]]:
    """Make a bench on a given server."""
    made: list[Bench] = []

    def make(server: Server) -> Bench:
        database = server.fresh()
        made.append(Bench(app, database, app.make_engine(database)))
        return made[-1]

    yield make
    for bench in made:
        bench.end()


@pytest.fixture(scope="session")
def running(app: ModuleType, server: Server) -> Iterator[Bench]:
    """A bench with a worker that goes on from test to test."""
    database = server.fresh()
    bench = Bench(app, database, app.make_engine(database))
    bench.spawn().ready()
    yield bench
    bench.end()


@pytest.fixture
def bench(new_bench: Callable[[Server], Bench], server: Server) -> Bench:
    """A bench on the shared server."""
    return new_bench(server)
