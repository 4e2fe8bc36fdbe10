"""The main job from end to end, as a clerk and an administrator would do it.

Every run opens an account of its own, so that running it twice is safe and shows the same.
"""

from dataclasses import dataclass
from itertools import count
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from rich.progress import Progress

from bordereau.charges import rate_all
from bordereau.errors import BordereauError
from bordereau.imports import FileReport, ImportReport, import_folder
from bordereau.invoices.numbers.series import set_pattern
from bordereau.output import Desk
from bordereau.output import progress as output_progress
from bordereau.store import tenant_id_of
from bordereau.tenancy import open_account
from bordereau.tenancy.tables import Administration
from bordereau.values.ids import TenantId
from bordereau.work import working
from bordereau_api.demo.folders import Folders
from bordereau_api.demo.mailbox import HOST, mailbox
from bordereau_api.demo.report import summarise
from bordereau_api.demo.samples import CLERK, DAY, Sample
from bordereau_api.wiring import House

PATIENCE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What the run made: the account, and the summary as written to the folder."""

    account: str
    summary: dict[str, Any]


def run_demo(
    house: House, sample: Sample, records: Path, folders: Folders, bars: Progress
) -> Demonstration:
    """Run the main job on the records of a sample and write what comes out into the folders.

    Raises:
        BordereauError: a step was refused, or deliveries did not end in time.

    """
    slug, tenant_id = _open(house, sample)
    report = _import(house, tenant_id, records, bars)
    rated = rate_all(house.database, tenant_id, until=DAY)
    with mailbox(folders.part("mail")) as port, working(house.engine):
        _connect(house, tenant_id, sample, folders, port)
        batch_id = sample.bill(house, tenant_id, CLERK, DAY)
        _wait(house, tenant_id, bars)
    desk = Desk(database=house.database, connections=house.connections)
    summary = {"account": slug} | summarise(desk, tenant_id, folders, batch_id)
    summary |= {"rated": rated.created, "import": _told(report)}
    return Demonstration(slug, summary)


def _open(house: House, sample: Sample) -> tuple[str, TenantId]:
    """Open an account under the first name that is free: demo, demo-2, and so on."""
    names = (sample.slug if n == 1 else f"{sample.slug}-{n}" for n in count(1))
    with house.database.operator() as operator:
        slug = next(name for name in names if tenant_id_of(operator, name) is None)
    tenant_id = open_account(
        house.database,
        slug=slug,
        name=sample.account,
        region="FR",
        time_zone="Europe/Paris",
        language="fr",
        plan="subscriber",
    )
    return slug, tenant_id


def _import(house: House, tenant_id: TenantId, records: Path, bars: Progress) -> ImportReport:
    files = sorted(records.glob("*.csv"))
    bar = bars.add_task("Importing records", total=len(files))
    seen: set[str] = set()

    def told(file: FileReport) -> None:
        if file.file not in seen:
            seen.add(file.file)
            bars.advance(bar)

    report = import_folder(house.database, tenant_id, records, actor=CLERK, on_progress=told)
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


def _connect(
    house: House, tenant_id: TenantId, sample: Sample, folders: Folders, port: int
) -> None:
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
                "sender": sample.sender,
                "sender_name": sample.account,
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


def _wait(house: House, tenant_id: TenantId, bars: Progress) -> None:
    """Wait until nothing moves by itself any more."""
    bar = bars.add_task("Delivering", total=None)
    deadline = monotonic() + PATIENCE_SECONDS
    while monotonic() < deadline:
        with house.database.tenant(tenant_id) as session:
            found = output_progress(session)
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
