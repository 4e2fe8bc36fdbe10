"""What an installation's engine must know of this room: its jobs and its queues."""

from bordereau.connections import Host
from bordereau.contract import AnyChannel, Delivery, Destination
from bordereau.output.consigning import Consigning
from bordereau.output.desk import Desk
from bordereau.output.dispatch import RENDER_QUEUE
from bordereau.output.forming import queue_of
from bordereau.output.notices import NOTIFY_QUEUE, Notices
from bordereau.output.rendering import Rendering
from bordereau.work import Job, Queue


def output_jobs(desk: Desk) -> list[Job]:
    """Return the jobs: prepare, carry, let plugins hear."""
    return [Rendering(desk).job(), Consigning(desk).job(), Notices(desk).job()]


def output_queues(host: Host) -> list[Queue]:
    """Return a queue per installed channel, with its limits per connection, and our own two."""
    own = [
        Queue(name=RENDER_QUEUE, concurrency=2, worker_concurrency=2),
        Queue(name=NOTIFY_QUEUE, concurrency=4),
    ]
    return [*own, *(_queue(offered) for offered in _channels(host))]


def _channels(host: Host) -> list[type[AnyChannel]]:
    return [*host.kind(Delivery).values(), *host.kind(Destination).values()]


def _queue(offered: type[AnyChannel]) -> Queue:
    """Make the queue of a channel.

    Starts are counted, not calls: the limit leaves room for those that run when a window opens.
    """
    features = offered.features
    if features.rate is None:
        return Queue(name=queue_of(offered.key), concurrency=features.concurrency)
    return Queue(
        name=queue_of(offered.key),
        concurrency=features.concurrency,
        limit=max(1, features.rate.calls - features.concurrency),
        period=features.rate.period.total_seconds(),
    )
