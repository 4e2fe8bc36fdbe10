"""The main job from end to end, as a clerk and an administrator would do it.

Every run opens an account of its own, so that running it twice is safe and shows the same.
"""

from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from uuid import UUID

from rich.progress import Progress

from bordereau.batches import Options, generate, get_batch, open_batch, run, totals
from bordereau.charges import rate_all
from bordereau.errors import BordereauError
from bordereau.imports import FileReport, ImportReport, import_folder
from bordereau.invoices.series import set_pattern
from bordereau.output import Desk
from bordereau.output import progress as output_progress
from bordereau.store import tenant_id_of
from bordereau.tenancy import Actor, open_account
from bordereau.tenancy.tables import Administration
from bordereau.values.ids import TenantId
from bordereau.work import working
from bordereau_api.demo.folders import Folders
from bordereau_api.demo.mailbox import HOST, mailbox
from bordereau_api.demo.report import summarise
from bordereau_api.wiring import House

# The sample data tells of autumn 2026; on this day some of it is ready and some is not.
DAY = date(2026, 11, 21)
PATIENCE_SECONDS = 300
CLERK = Actor.installation("demo")


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What the run made: the account, and the summary as written to the folder."""

    account: str
    summary: dict[str, Any]


def run_demo(house: House, samples: Path, folders: Folders, bars: Progress) -> Demonstration:
    """Run the main job on sample data and write what comes out into the folders.

    Raises:
        BordereauError: a step was refused, or deliveries did not end in time.

    """
    slug, tenant_id = _open(house)
    report = _import(house, tenant_id, samples, bars)
    rated = rate_all(house.database, tenant_id, until=DAY)
    with mailbox(folders.part("mail")) as port, working(house.engine):
        _connect(house, tenant_id, folders, port)
        batch_id = _batch(house, tenant_id)
        house.finalise(tenant_id, batch_id, CLERK)
        _wait(house, tenant_id, batch_id, bars)
    desk = Desk(database=house.database, connections=house.connections)
    summary = {"account": slug} | summarise(desk, tenant_id, folders, batch_id)
    summary |= {"rated": rated.created, "import": _told(report)}
    return Demonstration(slug, summary)


def _open(house: House) -> tuple[str, TenantId]:
    with house.database.operator() as operator:
        free = (slug for n in count(1) if tenant_id_of(operator, slug := _slug(n)) is None)
        slug = next(free)
    tenant_id = open_account(
        house.database,
        slug=slug,
        name="Lumen Infogérance",
        region="FR",
        time_zone="Europe/Paris",
        language="fr",
        plan="subscriber",
    )
    return slug, tenant_id


def _slug(number: int) -> str:
    return "demo" if number == 1 else f"demo-{number}"


def _import(house: House, tenant_id: TenantId, samples: Path, bars: Progress) -> ImportReport:
    files = sorted(samples.glob("*.csv"))
    bar = bars.add_task("Importing records", total=len(files))
    seen: set[str] = set()

    def told(file: FileReport) -> None:
        if file.file not in seen:
            seen.add(file.file)
            bars.advance(bar)

    report = import_folder(house.database, tenant_id, samples, actor=CLERK, on_progress=told)
    bars.update(bar, completed=len(files))
    with house.database.tenant(tenant_id) as session:
        for administration in session.query(Administration).order_by(Administration.code):
            for kind, letter in (("380", "F"), ("381", "A")):
                set_pattern(
                    session,
                    CLERK,
                    administration_id=administration.id,
                    kind=kind,
                    pattern=f"{letter}{administration.country}{{year}}-{{seq:04d}}",
                )
    return report


def _connect(house: House, tenant_id: TenantId, folders: Folders, port: int) -> None:
    """Set up the channels, as an administrator would on the page of connections."""
    channels: list[tuple[str, str, str, dict[str, Any], bool]] = [
        ("renderer", "pdf", "PDF", {}, False),
        ("delivery", "archive", "Folder", {"folder": str(folders.part("archive"))}, False),
        ("destination", "csv", "CSV", {"folder": str(folders.part("csv"))}, True),
        (
            "delivery",
            "email",
            "E-mail",
            {
                "host": HOST,
                "port": port,
                "tls": "none",
                "sender": "facturation@lumen.example",
                "sender_name": "Lumen Infogérance",
            },
            False,
        ),
    ]
    with house.database.tenant(tenant_id) as session:
        for kind, key, name, settings, automatic in channels:
            house.connections.add(
                session,
                CLERK,
                kind=kind,
                key=key,
                name=name,
                settings=settings,
                automatic=automatic,
            )


def _batch(house: House, tenant_id: TenantId) -> UUID:
    """Open, run and generate a batch: three clicks, each its own transaction."""
    options = Options(name="Novembre 2026", collect="customer", line_level="entry")
    with house.database.tenant(tenant_id) as session:
        batch = open_batch(session, actor=CLERK, as_of=DAY, options=options)
        totals(session, batch)
    with house.database.tenant(tenant_id) as session:
        batch = run(session, get_batch(session, batch.id), actor=CLERK)
    with house.database.tenant(tenant_id) as session:
        generate(session, get_batch(session, batch.id), batch.preview_hash, actor=CLERK)
    return batch.id


def _wait(house: House, tenant_id: TenantId, batch_id: UUID, bars: Progress) -> None:
    """Wait until nothing moves by itself any more."""
    bar = bars.add_task("Delivering", total=None)
    deadline = monotonic() + PATIENCE_SECONDS
    while monotonic() < deadline:
        with house.database.tenant(tenant_id) as session:
            found = output_progress(session, batch_id=batch_id)
        bars.update(bar, total=found.total, completed=found.total - found.moving)
        if not found.moving:
            return
        sleep(0.2)
    raise BordereauError(
        "DELIVERIES_STALLED",
        f"Deliveries still wait after {PATIENCE_SECONDS} seconds.",
        hint="Look at the log of the worker.",
    )


def _told(report: ImportReport) -> dict[str, Any]:
    return {
        "read": sum(file.read for file in report.files),
        "taken": report.taken,
        "faults": [
            {
                "file": file.file,
                "line": fault.line,
                "column": fault.column,
                "code": fault.code,
                "reason": fault.message,
            }
            for file in report.files
            for fault in file.faults
        ],
    }
