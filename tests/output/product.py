"""A small product around the output room, with a far side whose own books are the judge.

`python product.py work URL FOLDER` runs one worker, `python product.py supervise URL FOLDER N` a
supervisor. The far side keeps one line per document that reached it, in a file that survives any
death of a worker. It ignores idempotency keys, and its moods are settings of the connection.
"""

import json
import logging
import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import update

from bordereau.connections import Connections, Host
from bordereau.contract import (
    ActionRequired,
    Artifact,
    Config,
    Consignment,
    Delivery,
    DeliveryResult,
    Destination,
    Document,
    Fact,
    Features,
    InvoiceNotice,
    Item,
    Layout,
    Outcome,
    Problem,
    Rejected,
    Renderer,
    RenderError,
    Retryable,
    Status,
    Transport,
    hookimpl,
)
from bordereau.output import Desk, Pace, output_jobs, output_queues
from bordereau.output.consigning import Consigning
from bordereau.output.lot import Lot
from bordereau.output.tables import StoredDelivery
from bordereau.store import Database
from bordereau.tenancy import KeyRing
from bordereau.values.ids import TenantId, parse_id
from bordereau.work import Engine, Supervisor, points, reach, run_worker

PLAIN = "text/plain"
KEYS = KeyRing({"test": b"k" * 32})
PACE = Pace(
    tries=6,
    first_wait=timedelta(seconds=0.2),
    longest_wait=timedelta(seconds=2),
    park_after=timedelta(seconds=30),
    breaks=3,
    rest=timedelta(minutes=1),
)


class Books:
    """What the far side has: an append-only file, written one line at a time."""

    def __init__(self, folder: str | Path, name: str) -> None:
        self._path = Path(folder) / f"{name}.log"

    def write(self, **line: object) -> None:
        """Keep a line for good."""
        handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        try:
            os.write(handle, json.dumps(line).encode() + b"\n")
        finally:
            os.close(handle)

    def lines(self) -> list[dict[str, Any]]:
        """Return all lines."""
        if not self._path.exists():
            return []
        return [json.loads(line) for line in self._path.read_text().splitlines()]


class Mood(Config):
    """How the far side behaves.

    Attributes:
        folder: where its books are.
        mood: what it does with everything it is given.
        lose_every: it loses every n-th answer after the documents have arrived; 0 for never.
        refuse_every: it refuses every n-th call before anything arrived; 0 for never.
        odd: the number it rejects, or for which nothing can be rendered.

    """

    folder: str
    mood: str = "kind"
    lose_every: int = 0
    refuse_every: int = 0
    slow: float = 0.0
    odd: str = ""


class FarSide:
    """One far side with its books."""

    def __init__(self, name: str, settings: Mood) -> None:
        self.settings = settings
        self.books = Books(settings.folder, name)
        self._calls = Books(settings.folder, f"{name}-calls")

    def take(self, consignment: Consignment) -> Iterator[DeliveryResult]:
        """Take documents in one by one, so that a killed caller leaves half of them there."""
        settings = self.settings
        self._raise_by_mood(consignment)
        self._calls.write(
            key=consignment.request_key,
            attempt=consignment.attempt,
            items=[item.delivery_id for item in consignment.items],
        )
        call = len(self._calls.lines())
        if settings.refuse_every and call % settings.refuse_every == 0:
            raise Retryable("too many calls", after=timedelta(seconds=0.3))
        for item in consignment.items:
            time.sleep(settings.slow)
            if settings.odd and item.document.number == settings.odd:
                yield DeliveryResult(
                    delivery_id=item.delivery_id,
                    outcome=Outcome.REJECTED,
                    message="we do not like it",
                )
                continue
            self.books.write(
                delivery=item.delivery_id,
                number=item.document.number,
                media=[artifact.media_type for artifact in item.artifacts],
            )
            reach("in-call")
            if settings.lose_every and call % settings.lose_every == 0:
                continue
            if settings.mood in ("mute", "blind"):
                continue
            outcome = Outcome.PENDING if settings.mood == "slow answer" else Outcome.CREATED
            yield DeliveryResult(
                delivery_id=item.delivery_id,
                outcome=outcome,
                reference=f"there/{item.document.number}",
                message="thank you",
            )

    def calls(self) -> list[dict[str, Any]]:
        """Return the calls that were taken."""
        return self._calls.lines()

    def _raise_by_mood(self, consignment: Consignment) -> None:
        match self.settings.mood:
            case "busy":
                raise Retryable("come again")
            case "closed for the day":
                raise Retryable("come tomorrow", after=timedelta(hours=6))
            case "locked":
                raise ActionRequired("the password is wrong")
            case "hostile":
                raise Rejected("never")
            case "broken":
                raise RuntimeError(f"a bug with {consignment.items[0].document.buyer.name}")
            case "lost":
                for item in consignment.items:
                    self.books.write(delivery=item.delivery_id, number=item.document.number)
                os._exit(9)


class Ledger(Destination[Mood]):
    """An accounting system that can be asked what it has."""

    key: ClassVar[str] = "ledger"
    title: ClassVar[str] = "Ledger"
    config_model: ClassVar[type[Config]] = Mood
    features: ClassVar[Features] = Features(max_batch=10, can_find=True, concurrency=4)

    def build(self, consignment: Consignment) -> Artifact:
        """Show what is sent."""
        numbers = "\n".join(item.document.number for item in consignment.items)
        return Artifact(name="ledger.txt", media_type=PLAIN, content=numbers.encode())

    def export(self, consignment: Consignment) -> Iterable[DeliveryResult]:
        """Book them."""
        return FarSide(self.key, self.config).take(consignment)

    def find(self, consignment: Consignment) -> Mapping[str, DeliveryResult]:
        """Look them up by number."""
        if self.config.mood == "blind":
            raise Retryable("the search is down")
        there = {line["number"] for line in FarSide(self.key, self.config).books.lines()}
        return {
            item.delivery_id: DeliveryResult(
                delivery_id=item.delivery_id,
                outcome=Outcome.ADOPTED,
                reference=f"there/{item.document.number}",
            )
            for item in consignment.items
            if item.document.number in there
        }

    def validate(self, document: Document) -> Sequence[Problem]:
        """Dislike one number."""
        if self.config.odd.startswith("!") and document.number == self.config.odd[1:]:
            return [Problem(code="ACCOUNT_MISSING", message="No account.", hint="Map it.")]
        return ()


class Post(Delivery[Mood]):
    """A mail that nobody can be asked about afterwards."""

    key: ClassVar[str] = "post"
    title: ClassVar[str] = "Post"
    config_model: ClassVar[type[Config]] = Mood
    features: ClassVar[Features] = Features(
        needs=frozenset({PLAIN}), needs_recipient=True, concurrency=4
    )
    completes: ClassVar[Fact] = Fact.EMAILED
    modes: ClassVar[frozenset[str]] = frozenset(
        {"pdf_email", "print_pdf_email", "einvoice_pdf_email"}
    )

    def deliver(self, consignment: Consignment) -> Iterable[DeliveryResult]:
        """Send it."""
        for item in consignment.items:
            if not item.artifact(PLAIN).content:
                raise Rejected("an empty letter")
        return FarSide(self.key, self.config).take(consignment)

    def preview(self, item: Item) -> Artifact:
        """Show the letter."""
        return item.artifact(PLAIN)


class Printer(Post):
    """A printer: it needs no address."""

    key: ClassVar[str] = "printer"
    title: ClassVar[str] = "Printer"
    features: ClassVar[Features] = Features(needs=frozenset({PLAIN}), concurrency=4)
    completes: ClassVar[Fact] = Fact.PRINTED
    modes: ClassVar[frozenset[str]] = frozenset({"print", "print_pdf_email"})


class Cabinet(Post):
    """The customers' folders: they can be asked."""

    key: ClassVar[str] = "cabinet"
    title: ClassVar[str] = "Cabinet"
    features: ClassVar[Features] = Features(
        needs=frozenset({PLAIN}), transport=Transport.FILE, max_batch=100, can_find=True
    )
    completes: ClassVar[Fact] = Fact.FILED
    modes: ClassVar[frozenset[str]] = frozenset({"folder"})

    def find(self, consignment: Consignment) -> Mapping[str, DeliveryResult]:
        """Look into the folders."""
        there = {line["delivery"] for line in FarSide(self.key, self.config).books.lines()}
        return {
            item.delivery_id: DeliveryResult(delivery_id=item.delivery_id, outcome=Outcome.ADOPTED)
            for item in consignment.items
            if item.delivery_id in there
        }


class Letter(Renderer[Mood]):
    """Writes a document as one line of text."""

    key: ClassVar[str] = "letter"
    title: ClassVar[str] = "Letter"
    config_model: ClassVar[type[Config]] = Mood
    media_type: ClassVar[str] = PLAIN

    def render(
        self, document: Document, layout: Layout, attachments: Sequence[Artifact] = ()
    ) -> Artifact:
        """Write it."""
        if self.config.odd == document.number:
            raise RenderError("RENDER_FAILED", f"no ink for {document.buyer.name}")
        text = f"{document.number} {document.buyer.name} {layout.name} {len(attachments)}"
        return Artifact(name=f"{document.number}.txt", media_type=PLAIN, content=text.encode())


class Seal(Letter):
    """Writes a document as XML."""

    key: ClassVar[str] = "seal"
    title: ClassVar[str] = "Seal"
    media_type: ClassVar[str] = "application/xml"

    def render(
        self, document: Document, layout: Layout, attachments: Sequence[Artifact] = ()
    ) -> Artifact:
        """Write it."""
        text = f"<invoice>{document.number}</invoice>"
        return Artifact(name="invoice.xml", media_type=self.media_type, content=text.encode())


class Plugin:
    """The plugin that offers all of this; it hears of statuses too."""

    def __init__(self, folder: Path) -> None:
        self._heard = Books(folder, "heard")

    @hookimpl
    def bordereau_renderers(self) -> Iterable[type[Renderer[Any]]]:
        """Offer the letter and the XML."""
        return [Letter, Seal]

    @hookimpl
    def bordereau_deliveries(self) -> Iterable[type[Delivery[Any]]]:
        """Offer post, printer and cabinet."""
        return [Post, Printer, Cabinet]

    @hookimpl
    def bordereau_destinations(self) -> Iterable[type[Destination[Any]]]:
        """Offer the ledger."""
        return [Ledger]

    @hookimpl
    def bordereau_status_changed(
        self, tenant: str, invoice: InvoiceNotice, before: Status, after: Status
    ) -> None:
        """Write down what was heard."""
        self._heard.write(tenant=tenant, number=invoice.number, before=before, after=after)


class Grumpy:
    """A plugin that writes down that it heard something, and then fails."""

    def __init__(self, folder: Path) -> None:
        self._heard = Books(folder, "grumbled")

    @hookimpl
    def bordereau_status_changed(self, tenant: str) -> None:
        """Fail."""
        self._heard.write(tenant=tenant)
        raise RuntimeError(tenant)


def make_desk(database: Database, folder: Path) -> Desk:
    """Put the room together; with REAL set the installed plugins are there too."""
    host = Host.discover() if "REAL" in os.environ else Host()
    host.register(Grumpy(folder), name="grumpy")
    host.register(Plugin(folder), name="faraway")
    return Desk(database=database, connections=Connections(host, KEYS), pace=PACE)


class Careless(Consigning):
    """The wrong order, to prove that the kill test can fail: it calls first and notes afterwards.

    What the intent wrote is taken back before the call, as if it had never been committed.
    """

    def _call(self, tenant: TenantId, lot: Lot) -> list[DeliveryResult]:
        ids = [parse_id("dlv", id_) for id_ in lot.attempts]
        forget = update(StoredDelivery).where(StoredDelivery.id.in_(ids))
        with self._desk.database.tenant(tenant) as session:
            session.execute(forget.values(state="waiting", in_doubt=False))
        answers = super()._call(tenant, lot)
        with self._desk.database.tenant(tenant) as session:
            session.execute(forget.values(state="sending", in_doubt=True))
        return answers


def make_engine(desk: Desk) -> Engine:
    """Wire the jobs; with CARELESS set those that carry do it in the wrong order."""
    jobs = output_jobs(desk)
    if "CARELESS" in os.environ:
        careless = Careless(desk).job()
        jobs = [careless if job.name == careless.name else job for job in jobs]
    return Engine(
        desk.database,
        jobs=jobs,
        queues=output_queues(desk.connections.host),
        pool_size=20,
    )


def say_ready() -> None:
    """Tell the test that this process works."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()


def work() -> None:
    """Run one worker until it is asked to stop."""
    desk = make_desk(Database(sys.argv[2]), Path(sys.argv[3]))
    run_worker(make_engine(desk), drain_seconds=5, ready=say_ready)


def breed() -> None:
    """Fork a worker for every crash point that is read, and tell how each one ended.

    A fork needs no second for imports. It happens before anything is connected.
    """
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            points._armed = points._Trap(line.strip())
            work()
            os._exit(0)
        deadline = time.monotonic() + 8
        while os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            if time.monotonic() > deadline:
                os.kill(child, signal.SIGTERM)
                deadline += 100
            time.sleep(0.02)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR)
    if sys.argv[1] == "work":
        work()
    elif sys.argv[1] == "breed":
        breed()
    else:
        command = [sys.executable, __file__, "work", *sys.argv[2:4]]
        Supervisor(command, workers=int(sys.argv[4])).run()
