"""Work exists if and only if the transaction that enqueued it was committed."""

from typing import Any

import pytest

from bordereau.values.ids import TenantId, uuid7
from bordereau.work import Standing, work_id

TENANT = TenantId(1)


class StopError(Exception):
    """Ends a transaction without a commit."""


def test_a_transaction_that_rolls_back_enqueues_nothing(bench: Any) -> None:
    subject = uuid7()
    with pytest.raises(StopError), bench.database.tenant(TENANT) as session:  # noqa: PT012 - one block
        bench.engine.enqueuer()(session, "send.v1", "quick", subject)
        raise StopError
    work = work_id("send.v1", TENANT, subject)
    assert bench.engine.standing([work]) == {work: Standing.ABSENT}


def test_a_committed_job_is_alive_before_any_worker_exists(bench: Any) -> None:
    [subject] = bench.enqueue("send.v1")
    work = work_id("send.v1", TENANT, subject)
    assert bench.engine.standing([work]) == {work: Standing.ALIVE}


def test_a_job_belongs_to_the_tenant_of_its_session(bench: Any) -> None:
    subject = uuid7()
    with bench.database.tenant(TenantId(2)) as session:
        bench.engine.enqueuer()(session, "send.v1", "quick", subject)
    ids = [work_id("send.v1", TenantId(n), subject) for n in (1, 2)]
    assert list(bench.engine.standing(ids).values()) == [Standing.ABSENT, Standing.ALIVE]


@pytest.mark.parametrize(
    ("job", "queue", "attempt"),
    [("send.v9", "quick", 1), ("send.v1", "unheard", 1), ("send.v1", "quick", 0)],
)
def test_work_that_nobody_would_run_is_refused(
    bench: Any, job: str, queue: str, attempt: int
) -> None:
    with (
        bench.database.tenant(TENANT) as session,
        pytest.raises(ValueError, match=r"no worker|attempts"),
    ):
        bench.engine.enqueuer()(session, job, queue, uuid7(), attempt=attempt)
