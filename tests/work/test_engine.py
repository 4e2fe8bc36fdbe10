"""The engine inside this process, and its housekeeping."""

import os
import subprocess
import sys
from typing import Any

import pytest

from bordereau.errors import SetupError
from bordereau.values.ids import TenantId
from bordereau.work import Engine, Standing, points, work_id, working
from bordereau.work.slot import claim_slot

TENANT = TenantId(1)
POINTS = f"""
import runpy
reach = runpy.run_path({points.__file__!r})["reach"]
for point in "abba":
    reach(point)
print("alive")
"""


def test_a_process_may_run_work_beside_other_things_and_again_later(bench: Any) -> None:
    for _life in range(2):
        with working(bench.engine, drain_seconds=1):
            [subject] = bench.enqueue("send.v1")
            bench.wait(lambda subject=subject: subject in bench.notes("booked"))
            pids = bench.rows("select distinct pid from note")
            assert pids == [(os.getpid(),)]
        assert bench.slots() == []


def test_a_process_runs_one_engine_at_a_time(bench: Any, app: Any) -> None:
    other = app.make_engine(bench.database)
    with working(bench.engine, drain_seconds=0):
        with claim_slot(bench.database.app_url) as slot, pytest.raises(RuntimeError):
            other.launch(slot)
        [subject] = bench.enqueue("send.v1")
        bench.wait(lambda: subject in bench.notes("booked"))
    other.close()


def test_migrating_again_changes_nothing(server: Any, bench: Any) -> None:
    [subject] = bench.enqueue("send.v1")
    server.migrate(bench.database.engine.url.database)
    work = work_id("send.v1", TENANT, subject)
    assert bench.engine.standing([work]) == {work: Standing.ALIVE}


def test_a_worker_refuses_a_database_that_was_not_migrated(app: Any, server: Any) -> None:
    database = server.open(server.create("template0"))
    engine = app.make_engine(database)
    with pytest.raises(SetupError) as refused, working(engine):
        pass
    assert refused.value.code == "ENGINE_NOT_READY"
    with claim_slot(database.app_url) as slot, pytest.raises(SetupError) as refused:
        engine.launch(slot)
    assert refused.value.code == "ENGINE_NOT_READY"
    engine.close()
    database.close()


def test_two_things_of_one_name_are_refused(bench: Any, app: Any) -> None:
    job = app.Job(name="send.v1", step=app.exhausted, book=app.exhausted, exhausted=app.exhausted)
    with pytest.raises(ValueError, match=r"send\.v1"):
        Engine(bench.database, jobs=[job, job], queues=[])


@pytest.mark.parametrize(
    ("armed", "code"),
    [({}, 0), ({"BORDEREAU_KILL_AT": "b:2"}, -9), ({"BORDEREAU_KILL_AT": "b"}, 1)],
)
def test_a_crash_point_kills_only_where_it_is_armed(armed: dict[str, str], code: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", POINTS],
        env={**os.environ, **armed},
        capture_output=True,
        check=False,
    )
    assert done.returncode == code
    assert (done.stdout == b"alive\n") == (code == 0)
