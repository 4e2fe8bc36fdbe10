"""What a benchmark found: figures beside their floor, goals, checks; as data for programs."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from bordereau_api.bench.gauge import Figures


@dataclass(frozen=True, slots=True)
class Goal:
    """The most that a stage may take.

    `wall` is so many times the floor by the clock, `cpu` so many times its CPU; `seconds` is by
    the clock alone, for what people wait for.
    """

    measure: Literal["wall", "cpu", "seconds"]
    at_most: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A measured stage; `floor` is what the cheapest way took in the same run."""

    name: str
    figures: Figures
    floor: Figures
    goal: Goal | None = None

    @property
    def wall(self) -> float:
        """How many times the floor it took by the clock."""
        return self.figures.seconds / max(self.floor.seconds, 1e-9)

    @property
    def cpu(self) -> float:
        """How many times the floor's CPU it took."""
        return self.figures.cpu_seconds / max(self.floor.cpu_seconds, 1e-9)

    @property
    def reached(self) -> bool | None:
        """Whether the goal is reached; None without one."""
        if self.goal is None:
            return None
        taken = {"wall": self.wall, "cpu": self.cpu, "seconds": self.figures.seconds}
        return taken[self.goal.measure] <= self.goal.at_most

    def as_data(self) -> dict[str, Any]:
        """Return it for programs."""
        goal = asdict(self.goal) | {"reached": self.reached} if self.goal else None
        return {
            "name": self.name,
            **_data(self.figures),
            "floor": _data(self.floor),
            "ratio": {"wall": round(self.wall, 2), "cpu": round(self.cpu, 2)},
            "goal": goal,
        }


@dataclass(frozen=True, slots=True)
class Check:
    """Something that must be true of the result, or the figures mean nothing."""

    name: str
    ok: bool
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """All of one benchmark."""

    environment: dict[str, Any]
    workload: dict[str, Any]
    stages: Sequence[Stage]
    checks: Sequence[Check]

    @property
    def ok(self) -> bool:
        """Whether every check holds."""
        return all(check.ok for check in self.checks)

    def as_data(self) -> dict[str, Any]:
        """Return it for programs."""
        return {
            "environment": self.environment,
            "workload": self.workload,
            "stages": [stage.as_data() for stage in self.stages],
            "checks": [asdict(check) for check in self.checks],
            "ok": self.ok,
        }


def added(name: str, parts: Sequence[Stage], goal: Goal | None = None) -> Stage:
    """Return several stages as one."""
    figures = _sum([part.figures for part in parts])
    return Stage(name=name, figures=figures, floor=_sum([part.floor for part in parts]), goal=goal)


def _sum(parts: Sequence[Figures]) -> Figures:
    pg = [part.pg_cpu_seconds for part in parts if part.pg_cpu_seconds is not None]
    return Figures(
        n=parts[0].n,
        seconds=sum(part.seconds for part in parts),
        cpu_seconds=sum(part.cpu_seconds for part in parts),
        pg_cpu_seconds=sum(pg) if len(pg) == len(parts) else None,
        peak_rss_mb=max(part.peak_rss_mb for part in parts),
        statements=sum(part.statements for part in parts),
    )


def _data(figures: Figures) -> dict[str, Any]:
    return asdict(figures) | {
        "per_second": round(figures.per_second, 1),
        "per_cpu_second": round(figures.per_cpu_second, 1),
        "statements_per_1000": round(figures.statements_per_1000, 1),
    }
