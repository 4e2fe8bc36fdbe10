"""Importing files: streamed, a thousand records per transaction, every bad record reported."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from bordereau.catalog import Fault, Record
from bordereau.charges import draw_recorded
from bordereau.errors import Invalid, NotFound
from bordereau.imports.kinds import KINDS, Kind
from bordereau.imports.reading import Table, open_table
from bordereau.imports.records import check_header, key_of, read_record
from bordereau.store import Database, TenantSession
from bordereau.tenancy import Actor, record_audit
from bordereau.values.ids import TenantId

CHUNK = 1_000


@dataclass(slots=True)
class FileReport:
    """What became of a file.

    `created + changed + unchanged` records were taken; each other line has its faults, sorted by
    line. Nothing that is not named here was lost.
    """

    file: str
    kind: str
    read: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    faults: list[Fault] = field(default_factory=list)


@dataclass(slots=True)
class ImportReport:
    """What became of a folder, file by file."""

    files: list[FileReport] = field(default_factory=list)

    @property
    def taken(self) -> int:
        """How many records were taken."""
        return sum(one.created + one.changed + one.unchanged for one in self.files)

    @property
    def faults(self) -> int:
        """How many faults were found."""
        return sum(len(one.faults) for one in self.files)


Progress = Callable[[FileReport], None]


def import_folder(
    database: Database,
    tenant_id: TenantId,
    folder: Path,
    *,
    actor: Actor,
    on_progress: Progress | None = None,
) -> ImportReport:
    """Import the files of a folder, in the order in which they depend on each other.

    A file is named after its kind, such as `customers.csv` (`KINDS`).

    Raises:
        Invalid: UNKNOWN_FILE, a CSV file has another name.
        NotFound: the folder does not exist.
        Forbidden: RIGHT_MISSING.

    """
    if not folder.is_dir():
        raise NotFound("folder", folder)
    there = {path.stem: path for path in sorted(folder.glob("*.csv"))}
    unknown = sorted(set(there) - set(KINDS))
    if unknown:
        raise Invalid(
            "UNKNOWN_FILE",
            f"Nothing is known about {unknown[0]}.csv.",
            where=f"{unknown[0]}.csv",
            hint=f"Known: {', '.join(f'{name}.csv' for name in KINDS)}.",
        )
    report = ImportReport()
    for name in KINDS:
        if name in there:
            done = import_file(
                database, tenant_id, there[name], name, actor=actor, on_progress=on_progress
            )
            report.files.append(done)
    return report


def import_file(
    database: Database,
    tenant_id: TenantId,
    path: Path,
    kind: str,
    *,
    actor: Actor,
    on_progress: Progress | None = None,
) -> FileReport:
    """Import one file of a kind (`KINDS`); `on_progress` is told after every thousand records.

    New work of blocks is drawn after the last record: each block once, however long the file is.

    Raises:
        Forbidden: RIGHT_MISSING.

    """
    what = KINDS[kind]
    actor.must(what.right)
    report, blocks = FileReport(path.name, kind), set[UUID]()
    with open_table(path) as file:
        for chunk in _chunks(Table(file), what, report):
            with database.tenant(tenant_id) as session:
                _save(session, what, chunk, report, blocks)
            if on_progress:
                on_progress(report)
    report.faults.sort(key=lambda fault: (fault.line, fault.column))
    with database.tenant(tenant_id) as session:
        if blocks:
            draw_recorded(session, blocks)
        record_audit(session, actor, "import.file", report.file, _counts(report))
    return report


def _chunks(table: Table, kind: Kind, report: FileReport) -> Iterator[dict[int, Record]]:
    """Return the readable records of a table by line, and note the faults of the others."""
    if table.header is None:
        report.faults += [table.fault] if table.fault else []
        return
    report.faults += check_header(table.header, kind.record)
    if any(fault.code != "UNKNOWN_COLUMN" for fault in report.faults):
        return
    keys: dict[str, int] = {}
    chunk: dict[int, Record] = {}
    for cells in table:
        report.read += 1
        if isinstance(cells, Fault):
            report.faults.append(cells)
            continue
        record = read_record(cells, kind.record, table.header.separator)
        if isinstance(record, list):
            report.faults += record
        elif (key := key_of(record)) in keys:
            said = f"{key} stands on line {keys[key]} too; that one was taken."
            report.faults.append(Fault(cells.line, "", "DUPLICATE_KEY", said))
        else:
            keys[key] = cells.line
            chunk[cells.line] = record
        if len(chunk) == CHUNK:
            yield chunk
            chunk = {}
    if chunk:
        yield chunk


def _save(
    session: TenantSession,
    kind: Kind,
    chunk: dict[int, Record],
    report: FileReport,
    blocks: set[UUID],
) -> None:
    saved = kind.save(session, chunk, **({"later": blocks} if kind.draws else {}))
    report.created += saved.created
    report.changed += saved.changed
    report.unchanged += saved.unchanged
    report.faults += saved.faults


def _counts(report: FileReport) -> dict[str, int]:
    return {
        "read": report.read,
        "created": report.created,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "faults": len(report.faults),
    }
