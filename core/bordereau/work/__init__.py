"""Durable work: jobs on queues that survive crashes, and the workers that run them.

This is the only room that knows the execution engine, DBOS Transact, and it knows nothing of
invoices. Others describe a `Job`, enqueue it in their own transaction, and may rely on this: a job
that was committed ends, whatever dies in between; its step runs at least once, its book exactly
once.
"""

from bordereau.work.engine import Engine
from bordereau.work.failing import code_of, passes
from bordereau.work.jobs import Enqueue, Job, Queue, Recurring, Result, Standing, work_id
from bordereau.work.migrate import migrate
from bordereau.work.points import reach
from bordereau.work.supervisor import Supervisor
from bordereau.work.worker import run_worker, working

__all__ = [
    "Engine",
    "Enqueue",
    "Job",
    "Queue",
    "Recurring",
    "Result",
    "Standing",
    "Supervisor",
    "code_of",
    "migrate",
    "passes",
    "reach",
    "run_worker",
    "work_id",
    "working",
]
