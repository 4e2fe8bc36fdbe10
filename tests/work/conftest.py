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
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url, text

from bordereau.store.cluster import SUPERUSER, Cluster
from bordereau.store.database import Database
from bordereau.store.embedded import embedded_cluster
from bordereau.store.roles import Role, ensure_role, plain_url
from bordereau.values.ids import TenantId, uuid7
from bordereau.work import Engine, migrate

SCRIPT = Path(__file__).with_name("app.py")
TENANT = TenantId(1)
OWNER = Role("bordereau_test_owner", "bordereau")
APP = Role("bordereau_test_app", "bordereau")


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

    admin_url: str
    cluster: Cluster | None = None  # of a server that a test may stop and start
    databases: list[str] = field(default_factory=list)

    def connect(self) -> psycopg.Connection:
        """Connect as superuser."""
        return psycopg.connect(plain_url(self.admin_url), autocommit=True)

    def url(self, role: Role, database: str) -> str:
        """Return a database's address for a role."""
        url = make_url(self.admin_url).set(
            username=role.name, password=role.password, database=database
        )
        return url.render_as_string(hide_password=False)

    def prepare(self, schema: str) -> None:
        """Make the template."""
        with self.connect() as connection:
            ensure_role(connection, OWNER)
            ensure_role(connection, APP)
        name = self.create("template0")
        self.migrate(name)
        with psycopg.connect(plain_url(self.url(OWNER, name))) as connection:
            connection.execute(schema)

    def migrate(self, name: str) -> None:
        """Make the engine's tables."""
        migrate(self.url(OWNER, name), APP.name)

    def open(self, name: str) -> Database:
        """Open a database as the application."""
        return Database(self.url(APP, name))

    def create(self, template: str) -> str:
        """Make a database."""
        name = f"bordereau_work_{os.getpid()}_{len(self.databases)}"
        words = sql.SQL("create database {} template {} owner {}")
        names = (sql.Identifier(part) for part in (name, template, OWNER.name))
        with self.connect() as connection:
            connection.execute(words.format(*names))
        self.databases.append(name)
        return name

    def fresh(self) -> Database:
        """Copy the template."""
        return self.open(self.create(self.databases[0]))

    def drop(self) -> None:
        """Drop all databases, whoever still uses them."""
        words = sql.SQL("drop database {} with (force)")
        with self.connect() as connection:
            for name in self.databases:
                connection.execute(words.format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def server(postgres: Any, app: ModuleType) -> Iterator[Server]:
    """The server that tests share."""
    server = Server(postgres.admin_url)
    server.prepare(app.SCHEMA)
    yield server
    server.drop()


@pytest.fixture(scope="module")
def own_server(app: ModuleType) -> Iterator[Server]:
    """A server that a test may stop and start."""
    home = Path(tempfile.mkdtemp(prefix="bordereau-work-"))
    home.chmod(0o711)  # the server may run under another account
    cluster = embedded_cluster(home, {"fsync": "off"})
    cluster.start()
    try:
        server = Server(cluster.url(SUPERUSER, "postgres"), cluster)
        server.prepare(app.SCHEMA)
        yield server
    finally:
        cluster.stop()
        shutil.rmtree(home)


@dataclass
class Bench:
    """A database, an engine that enqueues, and the workers of one test."""

    app: ModuleType
    database: Database
    engine: Engine
    workers: list[subprocess.Popen[str]] = field(default_factory=list)

    def enqueue(
        self, job: str, number: int = 1, queue: str = "quick", *, delay: timedelta | None = None
    ) -> list[UUID]:
        """Enqueue a job for new subjects, in one transaction."""
        subjects = [uuid7() for _ in range(number)]
        with self.database.tenant(TENANT) as session:
            for subject in subjects:
                self.engine.enqueuer()(session, job, queue, subject, delay=delay)
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

    def wait(self, condition: Callable[[], bool], seconds: float = 120.0) -> None:
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

    def pids(self, subjects: Iterable[UUID]) -> list[int]:
        """List the processes that have begun a step of some subjects."""
        query = "select distinct pid from note where subject = any(:subjects)"
        return [int(str(pid)) for [pid] in self.rows(query, subjects=list(subjects))]

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


@pytest.fixture(scope="session")
def bench_of(app: ModuleType) -> Callable[[Server], Bench]:
    """Make a bench on a server; whoever makes it ends it."""

    def make(server: Server) -> Bench:
        database = server.fresh()
        return Bench(app, database, app.make_engine(database))

    return make


@pytest.fixture
def new_bench(bench_of: Callable[[Server], Bench]) -> Iterator[Callable[[Server], Bench]]:
    """Make a bench on a server for one test."""
    made: list[Bench] = []

    def make(server: Server) -> Bench:
        made.append(bench_of(server))
        return made[-1]

    yield make
    for bench in made:
        bench.end()


@pytest.fixture
def bench(new_bench: Callable[[Server], Bench], server: Server) -> Bench:
    """A bench on the shared server."""
    return new_bench(server)


@pytest.fixture(scope="module")
def running(bench_of: Callable[[Server], Bench], server: Server) -> Iterator[Bench]:
    """A bench with a worker that goes on from test to test."""
    bench = bench_of(server)
    bench.spawn().ready()
    yield bench
    bench.end()


@pytest.fixture(scope="module")
def supervised(bench_of: Callable[[Server], Bench], own_server: Server) -> Iterator[Bench]:
    """A bench with a supervisor of two workers, on a server that may be stopped."""
    bench = bench_of(own_server)
    supervisor = bench.spawn("supervise", "2", SLOW="0.1")
    yield bench
    supervisor.stop()
    bench.end()
