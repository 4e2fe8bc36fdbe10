"""Imports: a CSV file, or records as JSON, and what became of each of them."""

from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fastapi import APIRouter, Response
from pydantic import Field, ValidationError

from bordereau.catalog import Fault, Record, Saved, faults_of
from bordereau.imports import KINDS, FileReport, import_file
from bordereau.imports.records import key_of
from bordereau.store import TenantSession
from bordereau_api.rest.call import Caller
from bordereau_api.rest.shapes import Shape

router = APIRouter(tags=["imports"])
MANY = 1_000
ImportKind = StrEnum("ImportKind", {name: name for name in KINDS})  # type: ignore[misc]  # the room says which
CSV_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"text/csv": {"schema": {"type": "string"}}},
    }
}


class FaultOut(Shape):
    """Why a line, or a column of it, was not taken."""

    line: int
    column: str
    code: str
    message: str


class RecordsIn(Shape):
    """Records with the fields that a file of the kind has as columns."""

    records: list[dict[str, Any]] = Field(min_length=1, max_length=MANY)


class ImportOut(Shape):
    """What became of a file; every line (or place in the list) not taken has its faults."""

    kind: str
    read: int
    created: int
    changed: int
    unchanged: int
    faults: list[FaultOut]


@router.post("/imports/{kind}", response_model=ImportOut, openapi_extra=CSV_BODY)
def import_records(call: Caller, kind: ImportKind) -> Response:
    """Import a CSV file of one kind; sending it again changes nothing.

    UTF-8, separated by `;` or `,`, the first line names the columns. Needs the right to record, to
    change the catalog, or to administer, depending on the kind.
    """

    def work() -> ImportOut:
        with TemporaryDirectory(prefix="bordereau-import-") as folder:
            path = Path(folder) / f"{kind}.csv"
            path.write_bytes(call.body)
            report = import_file(
                call.house.database, call.tenant_id, path, kind.value, actor=call.actor
            )
        return _shape(report)

    return call.again(work)


@router.post("/records/{kind}", response_model=ImportOut)
def save_records(call: Caller, kind: ImportKind, body: RecordsIn) -> Response:
    """Save up to 1,000 records of one kind in one transaction; the good ones are taken.

    Needs the same right as an import of the kind.
    """
    what = KINDS[kind]
    call.actor.must(what.right)

    def work(session: TenantSession) -> ImportOut:
        records: dict[int, Record] = {}
        keys: dict[str, int] = {}
        report = FileReport("", kind.value, read=len(body.records))
        for place, values in enumerate(body.records, 1):
            try:
                record = what.record.model_validate(values)
            except ValidationError as error:
                report.faults += faults_of(place, error)
                continue
            if (key := key_of(record)) in keys:
                said = f"{key} stands at place {keys[key]} too; that one was taken."
                report.faults.append(Fault(place, "", "DUPLICATE_KEY", said))
                continue
            keys[key], records[place] = place, record
        saved: Saved = what.save(session, records) if records else Saved()
        report.created, report.changed = saved.created, saved.changed
        report.unchanged = saved.unchanged
        report.faults += saved.faults
        return _shape(report)

    return call.once(work, 200)


def _shape(report: FileReport) -> ImportOut:
    faults = [_fault(one) for one in report.faults]
    return ImportOut(
        kind=report.kind,
        read=report.read,
        created=report.created,
        changed=report.changed,
        unchanged=report.unchanged,
        faults=faults,
    )


def _fault(one: Fault) -> FaultOut:
    return FaultOut(line=one.line, column=one.column, code=one.code, message=one.message)
