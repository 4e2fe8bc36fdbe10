"""Imports: a CSV file as the body, and what became of each line."""

from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fastapi import APIRouter, Response

from bordereau.imports import KINDS, FileReport, import_file
from bordereau_api.rest.call import Caller
from bordereau_api.rest.shapes import Shape

router = APIRouter(tags=["imports"])
ImportKind = StrEnum("ImportKind", {name: name for name in KINDS})
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


class ImportOut(Shape):
    """What became of a file; every line that was not taken has its faults."""

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


def _shape(report: FileReport) -> ImportOut:
    faults = [
        FaultOut(line=one.line, column=one.column, code=one.code, message=one.message)
        for one in report.faults
    ]
    return ImportOut(
        kind=report.kind,
        read=report.read,
        created=report.created,
        changed=report.changed,
        unchanged=report.unchanged,
        faults=faults,
    )
