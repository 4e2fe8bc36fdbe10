"""The page of a batch on a filled database: totals, first page and one tick, beside their floors.

The same is asked for through the API, where the wait counts that 95 of 100 requests stay below.

The history is loaded in bulk: what was billed and issued before must not make the page slower.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import cycle
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from bordereau.charges.tables import Charge
from bordereau.store import copy_rows
from bordereau_api.bench.environment import backend, environment
from bordereau_api.bench.filling import CHARGE_COLUMNS, charge_row, chunks, fill_owners
from bordereau_api.bench.floor import Floor
from bordereau_api.bench.gauge import Gauge, Statements
from bordereau_api.bench.ids import contract_id
from bordereau_api.bench.past import load_past
from bordereau_api.bench.preview_api import served
from bordereau_api.bench.result import Check, Goal, Result, Stage
from bordereau_api.bench.scratch import scratch_house
from bordereau_api.bench.shop import open_shop
from bordereau_api.bench.stages import Stages
from bordereau_api.bench.workload import TEMPLATES
from bordereau_api.wiring import House

GOAL = Goal("wall", 2.0)
WAIT = Goal("seconds", 0.3)
_REPEATS = 7  # the fastest counts
_REQUESTS = 30
_PAGE = 50

Say = Callable[[str], None]


def preview_bench(
    contracts: int,
    charges: int,
    issued: int,
    *,
    server: str | None = None,
    say: Say = lambda _: None,
) -> Result:
    """Measure the page of a batch over `charges` unbilled charges of `contracts` contracts.

    Args:
        contracts: how many contracts; each has at least one charge if there are enough.
        charges: how many unbilled charges in all.
        issued: how many invoices were issued before, with the six lines of the workload.
        server: where to make the scratch database; None for a PostgreSQL of its own.
        say: told what happens next.

    Raises:
        SetupError: the server cannot be used.

    """
    with ExitStack() as stack:
        statements = stack.enter_context(Statements().counted())
        say("preparing")
        house = stack.enter_context(scratch_house(server))
        look = Look(house, contracts, charges, issued, statements)
        look.load(say)
        return look.result()


@dataclass
class Look:
    """One benchmark under way."""

    house: House
    contracts: int
    charges: int
    issued: int
    statements: Statements

    def load(self, say: Say) -> None:
        """Fill the database and open a batch."""
        database = self.house.database
        shop = open_shop(database, "bench")
        fill_owners(database, shop, self.contracts)
        for numbers in chunks(self.charges):
            with database.tenant(shop.tenant_id) as session:
                rows = (
                    charge_row(shop, number, 1, template, owner=number % self.contracts + 1)
                    for number, template in zip(numbers, cycle(TEMPLATES))
                )
                copy_rows(session, Charge, CHARGE_COLUMNS, rows)
        say("loading the past")
        load_past(database, shop, self.issued, self.contracts)
        self._floor = Floor(database, shop, self.contracts)
        self._stages = Stages(self.house, shop)
        self._stages.open()
        say("looking")

    def result(self) -> Result:
        """Measure everything and compare the sums with those made by hand."""
        with self.house.database.tenant(self._stages.shop.tenant_id) as session:
            where, pid = environment(session), backend(session)
            states = select(Charge.state, func.count()).group_by(Charge.state)
            found = {row[0]: row[1] for row in session.execute(states)}
        self._gauge = Gauge(self.statements, pid)
        totals, row, shown = self._stage("totals", self._stages.totals, self._floor.totals, GOAL)
        page, _, first = self._stage("first page", self._stages.page, self._floor.page, GOAL)
        one = contract_id(self.contracts)
        ticking = self._ticking(self._stages.tick, one)
        tick, _, _ = self._stage("one tick", ticking, lambda: self._floor.tick(one))
        with served(self._stages) as http:
            waits = [
                self._waited(totals, http.totals),
                self._waited(page, http.page),
                self._waited(tick, self._ticking(http.tick, one)),
            ]
        ((_, net, tax, *_),), (euro,) = row, shown.currencies
        facts = [
            ("unbilled charges", found["closed"], self.charges),
            ("billed charges", found.get("billed", 0), self.issued * len(TEMPLATES)),
            ("billable", euro.billable, net),
            ("tax", euro.tax, tax),
            ("lines of the first page", len(first.owners), min(_PAGE, self.contracts)),
        ]
        return Result(
            environment=where,
            workload={
                "contracts": self.contracts,
                "charges": self.charges,
                "issued": self.issued,
            },
            stages=[totals, page, tick, *waits],
            checks=[Check(name, a == b, f"{a}, expected {b}") for name, a, b in facts],
        )

    def _stage(
        self,
        name: str,
        work: Callable[[], Any],
        floor: Callable[[], Any],
        goal: Goal | None = None,
    ) -> tuple[Stage, Any, Any]:
        """Measure both ways; return also what each of them found."""
        n = 1 if name == "one tick" else self.contracts
        low, lowest = self._gauge.best(n, floor, _REPEATS)
        figures, made = self._gauge.best(n, work, _REPEATS)
        return Stage(name=name, figures=figures, floor=low, goal=goal), lowest, made

    def _waited(self, stage: Stage, ask: Callable[[], Any]) -> Stage:
        """Measure how long people wait for a stage through the API."""
        ask()  # what a server does once is not asked for again
        figures, _ = self._gauge.slow(stage.figures.n, ask, _REQUESTS)
        name = f"{stage.name}, API p95"
        return Stage(name=name, figures=figures, floor=stage.floor, goal=WAIT)

    def _ticking(self, tick: Callable[..., Any], owner: UUID) -> Callable[[], Any]:
        """Tick and untick one contract in turns."""
        turns = cycle((False, True))
        return lambda: tick(owner, ticked=next(turns))
