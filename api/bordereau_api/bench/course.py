"""The course: every stage of a batch, each right after its floor, on the same server."""

from collections.abc import Callable, Collection
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from bordereau.batches import Finalised
from bordereau_api.bench.environment import backend, environment
from bordereau_api.bench.filling import fill
from bordereau_api.bench.floor import Floor
from bordereau_api.bench.gauge import Figures, Gauge, Statements
from bordereau_api.bench.past import load_past
from bordereau_api.bench.result import Check, Goal, Result, Stage, added
from bordereau_api.bench.scratch import scratch_house
from bordereau_api.bench.shop import Shop, open_shop
from bordereau_api.bench.stages import Stages, render
from bordereau_api.bench.typesetting import Typesetter
from bordereau_api.bench.workload import CURRENCY, TEMPLATES, expected_total
from bordereau_api.wiring import House

STAGES = ("rate", "preview", "run", "generate", "finalise", "render", "deliver")
BILLING = ("run", "generate", "finalise")
GOALS = {
    "preview": Goal("wall", 2.0),
    "bill": Goal("wall", 10.0),
    "render": Goal("cpu", 1.6),
}
MOST_RENDERED = 200
_REPEATS = 5  # of what only reads; the fastest counts

Say = Callable[[str], None]


def bench(
    invoices: int,
    *,
    issued: int = 1_000,
    stages: Collection[str] = STAGES,
    server: str | None = None,
    say: Say = lambda _: None,
) -> Result:
    """Bill the workload and measure the stages named, each beside its floor.

    Stages that are not named are gone through without being measured, as far as others need them.

    Args:
        invoices: how many.
        issued: how many each account has issued before.
        stages: names among `STAGES`.
        server: where to make the scratch database; None for a PostgreSQL of its own.
        say: told what happens next.

    Raises:
        SetupError: the server cannot be used.

    """
    with ExitStack() as stack:
        statements = stack.enter_context(Statements().counted())
        say("preparing")
        house = stack.enter_context(scratch_house(server))
        course = Course(house, invoices, issued, frozenset(stages), statements, say)
        return course.go()


@dataclass
class Course:
    """One benchmark under way."""

    house: House
    invoices: int
    issued: int
    wanted: frozenset[str]
    statements: Statements
    say: Say
    measured: list[Stage] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    workload: dict[str, Any] = field(default_factory=dict)

    def go(self) -> Result:
        """Prepare two accounts and take them through the stages."""
        database, shops = self.house.database, list[Shop]()
        for slug in ("bench", "bench-floor"):
            shops.append(open_shop(database, slug))
            fill(database, shops[-1], self.invoices)
            load_past(database, shops[-1], self.issued, self.invoices)
        self._stages = Stages(self.house, shops[0])
        self._floor = Floor(database, shops[1], self.invoices)
        self._stages.connect()
        with database.tenant(shops[0].tenant_id) as session:
            where, pid = environment(session), backend(session)
        self._gauge = Gauge(self.statements, pid)
        self._stages_up_to_billing()
        self._after_billing()
        parts = [stage for stage in self.measured if stage.name in BILLING]
        if len(parts) == len(BILLING):
            self.measured.append(added("bill", parts, GOALS["bill"]))
        return Result(
            environment=where,
            workload={
                "invoices": self.invoices,
                "lines": len(TEMPLATES),
                "issued": self.issued,
                **self.workload,
            },
            stages=self.measured,
            checks=self.checks,
        )

    def _stages_up_to_billing(self) -> None:
        stages, floor = self._stages, self._floor
        rated = self._stage("rate", stages.rate, floor.rate)
        self._check("rated", rated.created, self.invoices)
        stages.open()
        if "preview" in self.wanted:
            self._preview()
        self._stage("run", stages.run, floor.run)
        self._stage("generate", stages.generate, floor.generate)
        self._finalised(self._stage("finalise", stages.finalise, floor.finalise))

    def _preview(self) -> None:
        self.say("preview")
        floor, (lowest, _) = self._gauge.best(self.invoices, self._floor.preview, _REPEATS)
        figures, (totals, _) = self._gauge.best(self.invoices, self._stages.preview, _REPEATS)
        shown = sum((one.total for one in totals.currencies), start=expected_total(0))
        self._check("previewed total", shown, expected_total(self.invoices))
        self._check("floor's total", lowest[0][1] + lowest[0][2], expected_total(self.invoices))
        self._add("preview", figures, floor)

    def _finalised(self, done: Finalised) -> None:
        total = done.totals.get(CURRENCY)
        self._check("total", total, expected_total(self.invoices))
        first = self.issued + 1
        numbers = [first, self.issued + self.invoices, self.invoices]
        self._check("numbers without a gap", self._numbers(), numbers)
        self.workload["total"] = str(total)

    def _numbers(self) -> list[int]:
        """Return first and last place in the series and how many different numbers there are."""
        query = text(
            "select min(sequence), max(sequence), count(distinct number) from invoice"
            " where batch_id = :batch"
        )
        with self.house.database.tenant(self._stages.shop.tenant_id) as session:
            return list(session.execute(query, {"batch": self._stages.batch_id}).one())

    def _after_billing(self) -> None:
        if "render" in self.wanted:
            self._render()
        if "deliver" in self.wanted:
            progress = self._stage("deliver", self._stages.deliver, self._floor.deliver)
            self._check("delivered", progress.done, self.invoices)

    def _render(self) -> None:
        """Render some invoices; the last one warms up, so that none is rendered twice."""
        self.say("render")
        documents = self._stages.documents(min(self.invoices, MOST_RENDERED + 1))
        *some, warm = documents if len(documents) > 1 else documents * 2
        renderer, typesetter = self._stages.renderer(), Typesetter()
        typesetter.render([warm])
        floor, _ = self._gauge.measure(len(some), lambda: typesetter.render(some))
        typesetter.close()
        render(renderer, [warm])
        figures, size = self._gauge.measure(len(some), lambda: render(renderer, some))
        self.workload |= {"rendered": len(some), "bytes_per_document": size // len(some)}
        self._add("render", figures, floor)

    def _stage(self, name: str, work: Callable[[], Any], floor: Callable[[], Any]) -> Any:
        """Go through a stage, right after its floor if it is to be measured."""
        self.say(name)
        if not self._needs_floor(name):
            return work()
        low, _ = self._gauge.measure(self.invoices, floor)
        figures, made = self._gauge.measure(self.invoices, work)
        if name in self.wanted:
            self._add(name, figures, low)
        return made

    def _needs_floor(self, name: str) -> bool:
        """Say whether this floor or a later one, which stands on its rows, is measured."""
        return any(later in self.wanted for later in STAGES[STAGES.index(name) :])

    def _add(self, name: str, figures: Figures, floor: Figures) -> None:
        stage = Stage(name=name, figures=figures, floor=floor, goal=GOALS.get(name))
        self.measured.append(stage)

    def _check(self, name: str, found: object, expected: object) -> None:
        self.checks.append(Check(name, found == expected, f"{found}, expected {expected}"))
