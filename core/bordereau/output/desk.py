"""What the jobs of this room share: the database, the connections, and how patient they are."""

from dataclasses import dataclass, field
from datetime import timedelta

from bordereau.connections import Connections
from bordereau.store import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long to wait, and how often to try, before a person is asked.

    Attributes:
        tries: attempts at one delivery since a person last acted.
        first_wait: before the second attempt; it doubles up to `longest_wait`.
        park_after: a first refusal that asks for a longer wait than this is a limit of the whole
            connection, and rests it; later ones are the patience of a single delivery.
        breaks: consignments in a row that ended without any answer before the connection rests.
        rest: how long it rests then; twice as long each further time, up to a day.
        stale: how long an open delivery may stand still before the sweeper looks for its work.
        overdue: how long a call of a channel may take before it is reported. It is not stopped:
            a thread cannot be, and its answer is still wanted.
        pending: how long the far side may take to confirm.

    """

    tries: int = 8
    first_wait: timedelta = timedelta(seconds=15)
    longest_wait: timedelta = timedelta(hours=1)
    park_after: timedelta = timedelta(minutes=30)
    breaks: int = 5
    rest: timedelta = timedelta(hours=1)
    stale: timedelta = timedelta(minutes=5)
    overdue: timedelta = timedelta(minutes=15)
    pending: timedelta = timedelta(days=3)

    def wait(self, tries: int) -> timedelta:
        """Return how long to wait after so many tries."""
        return min(self.first_wait * float(2 ** min(tries - 1, 20)), self.longest_wait)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where the work of this room is done."""

    database: Database
    connections: Connections
    pace: Pace = field(default_factory=Pace)
