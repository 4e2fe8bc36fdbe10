"""A job's step and book, tries and attempts, limits and the clock, with a worker at work."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bordereau.values.ids import TenantId, uuid7
from bordereau.work import Job, Queue, Standing, work_id
from bordereau.work.upkeep import forget

TENANT = TenantId(1)


def test_every_job_of_a_bulk_is_stepped_and_booked_once(running: Any) -> None:
    subjects = set(running.enqueue("send.v1", 40))
    running.wait(lambda: subjects <= running.notes("booked").keys())
    assert {running.notes("begun")[s] for s in subjects} == {1}
    assert {running.notes("booked")[s] for s in subjects} == {1}
    ids = [work_id("send.v1", TENANT, subject) for subject in subjects]
    running.wait(lambda: set(running.engine.standing(ids).values()) == {Standing.DONE})


def test_a_booked_job_may_ask_for_a_later_attempt(running: Any) -> None:
    [subject] = running.enqueue("again.v1")
    running.wait(lambda: running.notes("booked")[subject] == 3)
    times = running.rows(
        "select attempt, at from note where kind = 'booked' and subject = :s order by at", s=subject
    )
    assert [attempt for attempt, _ in times] == [1, 2, 3]
    assert times[1][1] - times[0][1] >= timedelta(seconds=1)
    assert times[2][1] - times[1][1] >= timedelta(seconds=1)


def test_a_step_that_always_fails_is_booked_as_exhausted(running: Any) -> None:
    [subject] = running.enqueue("refuse.v1")
    running.wait(lambda: subject in running.notes("booked"))
    assert running.notes("begun")[subject] == 3
    outcome = running.rows(
        "select detail from note where kind = 'booked' and subject = :s", s=subject
    )
    assert outcome == [("RefusedError",)]


def test_a_job_whose_book_fails_is_known_to_have_failed(running: Any) -> None:
    [subject] = running.enqueue("unbookable.v1")
    work = work_id("unbookable.v1", TENANT, subject)
    running.wait(lambda: running.engine.standing([work])[work] is Standing.FAILED)
    assert running.notes("begun")[subject] == 1
    assert subject not in running.notes("booked")


@pytest.mark.parametrize(
    ("job", "code"), [("at-once.v1", "DataError"), ("late.v1", "IntegrityError")]
)
def test_what_the_database_refuses_is_undone_and_written_down_instead(
    running: Any, job: str, code: str
) -> None:
    [subject] = running.enqueue(job)
    work = work_id(job, TENANT, subject)
    running.wait(lambda: running.engine.standing([work])[work] is Standing.DONE)
    notes = running.rows("select kind, detail from note where subject = :s", s=subject)
    assert notes == [("unbooked", code)]


def test_a_lost_connection_is_no_refusal_however_often_it_is_lost(running: Any, app: Any) -> None:
    [subject] = running.enqueue("cut.v1")
    running.wait(lambda: subject in running.notes("booked"))
    [(cuts,)] = running.rows("select last_value from cuts")
    assert cuts == app.CUTS + 1
    kinds = running.rows("select kind from note where subject = :s order by at", s=subject)
    assert kinds == [("begun",), ("ended",), ("booked",)]


@pytest.mark.parametrize("job", ["refuse.v1", "unbookable.v1"])
def test_the_engine_keeps_the_code_of_an_error_but_never_its_text(running: Any, job: str) -> None:
    [subject] = running.enqueue(job)
    work = work_id(job, TENANT, subject)
    running.wait(lambda: running.engine.standing([work])[work] is not Standing.ALIVE)
    [(kept,)] = running.rows(
        "select string_agg(kept, ' ') from ("
        " select concat(output, error) from dbos.operation_outputs where workflow_uuid = :work"
        " union select concat(output, error) from dbos.datasource_outputs where workflow_id = :work"
        " union select s::text from dbos.workflow_status s where workflow_uuid = :work) t (kept)",
        work=work,
    )
    assert "RefusedError" in kept
    assert "Jansen" not in kept


def test_no_more_jobs_of_a_partition_run_at_once_than_its_queue_allows(running: Any) -> None:
    subjects = running.enqueue("slow.v1", 6, "narrow")
    running.wait(lambda: set(subjects) <= running.notes("booked").keys())
    [(most,)] = running.rows(
        "select max(together) from (select count(*) as together"
        " from note a join note b on b.kind = 'begun' and b.subject = any(:s) and b.at <= a.at"
        " join note e on e.kind = 'ended' and e.subject = b.subject and e.at > a.at"
        " where a.kind = 'begun' and a.subject = any(:s) group by a.subject) as counted",
        s=subjects,
    )
    assert most == 2


def test_the_clock_runs_a_function_once_a_second(running: Any) -> None:
    def due() -> list[datetime]:
        return [row[0] for row in running.rows("select due from tick order by due")]

    running.wait(lambda: len(due()) >= 3)
    times = due()
    assert len(times) == len(set(times))
    assert abs(datetime.now(UTC) - times[-1]) < timedelta(minutes=10)


def test_enqueued_twice_runs_once(running: Any) -> None:
    subject = uuid7()
    for _press in range(2):
        with running.database.tenant(TENANT) as session:
            for _ in range(2):
                running.engine.enqueuer()(session, "send.v1", "quick", subject)
    running.wait(lambda: subject in running.notes("booked"))
    with running.database.tenant(TENANT) as session:
        running.engine.enqueuer()(session, "send.v1", "quick", subject)
    [later] = running.enqueue("send.v1")
    running.wait(lambda: later in running.notes("booked"))
    assert running.notes("begun")[subject] == 1
    assert running.notes("booked")[subject] == 1


def test_ended_work_is_forgotten_after_a_month_and_ticks_after_a_day(running: Any) -> None:
    [subject] = running.enqueue("send.v1")
    work = work_id("send.v1", TENANT, subject)
    running.wait(lambda: running.engine.standing([work])[work] is Standing.DONE)
    running.wait(lambda: running.rows("select 1 from tick"))
    ticks = "select count(*) from dbos.workflow_status where name = 'tick' and status = 'SUCCESS'"
    running.wait(lambda: running.rows(ticks)[0][0] > 0)
    now = datetime.now(UTC)
    assert forget(running.engine.client, now, ["tick"]) == 0
    assert forget(running.engine.client, now + timedelta(days=2), ["tick"]) > 0
    assert running.engine.standing([work])[work] is Standing.DONE
    assert forget(running.engine.client, now + timedelta(days=31), ["tick"]) > 0
    assert running.engine.standing([work])[work] is Standing.ABSENT


@pytest.mark.parametrize("name", ["", "send", "Send.v1", "send.v0", "send.v1:2"])
def test_a_jobs_name_carries_its_version(name: str) -> None:
    with pytest.raises(ValueError, match="consign"):
        Job(name=name, step=_never, book=_never, exhausted=_never)


def test_a_limit_needs_its_period() -> None:
    with pytest.raises(ValueError, match="go together"):
        Queue(name="out", concurrency=1, limit=55)


def _never(*_arguments: Any) -> Any:
    raise AssertionError
