"""The benchmark bills its workload correctly, and what it costs does not grow by the invoice."""

import json
from collections.abc import Sequence
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from bordereau.store.roles import plain_url
from bordereau_api.bench import STAGES, Result, Stage, bench
from bordereau_api.bench.gauge import Figures
from bordereau_api.bench.preview import preview_bench
from bordereau_api.bench.result import Check, Goal
from bordereau_api.bench.workload import expected_total
from bordereau_api.cli.bench import app
from bordereau_api.cli.bench_page import show

FIXED = ("rate", "preview", "run", "generate", "finalise")
PER_CHUNK = 60  # statements that a stage may send for one chunk of invoices


def stage(result: Result, name: str) -> Stage:
    return next(one for one in result.stages if one.name == name)


def databases_and_roles(server: str) -> Sequence[Any]:
    query = "select datname from pg_database union select rolname from pg_roles order by 1"
    with psycopg.connect(plain_url(server)) as connection:
        return connection.execute(query).fetchall()


def test_every_check_of_a_run_holds(few: Result) -> None:
    assert few.ok
    assert {check.name for check in few.checks} == {
        "rated",
        "previewed total",
        "floor's total",
        "total",
        "numbers without a gap",
        "delivered",
    }
    assert few.workload["invoices"] == 8
    assert few.workload["total"].startswith(str(expected_total(8)))


def test_each_stage_stands_beside_a_floor_of_the_same_run(few: Result) -> None:
    assert [one.name for one in few.stages] == [*STAGES, "bill"]
    for one in few.stages:
        assert one.figures.n == one.floor.n
        assert one.figures.seconds > 0
        assert one.floor.seconds > 0
        assert one.wall == pytest.approx(one.figures.seconds / one.floor.seconds)
    assert stage(few, "render").figures.n == 7, "one invoice warms up and is not rendered again"


def test_statements_do_not_grow_with_the_invoices_of_a_chunk(few: Result, more: Result) -> None:
    for name in FIXED:
        less, most = (stage(one, name).figures.statements for one in (few, more))
        assert less == most <= PER_CHUNK, name


def test_a_part_of_the_stages_can_be_measured(postgres: Any) -> None:
    found = bench(4, issued=0, stages=["generate"], server=postgres.admin_url)
    assert [one.name for one in found.stages] == ["generate"]
    assert found.ok


def test_the_page_of_a_batch_equals_the_sums_made_by_hand(postgres: Any) -> None:
    found = preview_bench(6, 20, 4, server=postgres.admin_url)
    assert found.ok, found.checks
    shown = ["totals", "first page", "one tick"]
    assert [one.name for one in found.stages] == [*shown, *(f"{one}, API p95" for one in shown)]
    assert stage(found, "one tick").figures.n == 1


def test_the_scratch_database_and_its_roles_are_dropped(postgres: Any) -> None:
    before = databases_and_roles(postgres.admin_url)
    preview_bench(1, 1, 0, server=postgres.admin_url)
    assert databases_and_roles(postgres.admin_url) == before


def test_the_command_writes_figures_and_environment_as_json(postgres: Any) -> None:
    words = ["--invoices", "3", "--issued", "0", "--stages", "rate", "--json"]
    done = CliRunner().invoke(app, [*words, "--database", postgres.admin_url])
    assert done.exit_code == 0, done.stderr
    data = json.loads(done.stdout)
    assert data["ok"] is True
    assert data["environment"]["postgresql"]["fsync"] in {"on", "off"}
    (rate,) = data["stages"]
    assert rate["name"] == "rate"
    assert rate["n"] == 3
    assert rate["ratio"]["wall"] > 0
    assert rate["floor"]["statements"] > 0


def test_an_unknown_stage_is_refused_with_the_known_ones() -> None:
    done = CliRunner().invoke(app, ["--stages", "rate,ruin"])
    assert done.exit_code == 1
    assert "STAGE_UNKNOWN" in done.stderr
    assert "deliver" in done.stderr


def figures(seconds: float) -> Figures:
    return Figures(
        n=10, seconds=seconds, cpu_seconds=seconds, pg_cpu_seconds=None, peak_rss_mb=1, statements=5
    )


@pytest.mark.parametrize("seconds", [19.0, 21.0])
def test_a_goal_is_a_ratio_to_the_floor(seconds: float) -> None:
    one = Stage(name="x", figures=figures(seconds), floor=figures(10), goal=Goal("wall", 2.0))
    assert one.reached is (seconds <= 20)


def test_a_wrong_sum_ends_with_exit_code_1(few: Result, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = Result(
        environment=few.environment,
        workload=few.workload,
        stages=few.stages,
        checks=[Check("total", ok=False, message="1.00, expected 2.00")],
    )
    with pytest.raises(Exception, match="1") as refused:
        show(wrong, as_json=True)
    assert getattr(refused.value, "exit_code", None) == 1
    assert '"ok": false' in capsys.readouterr().out
