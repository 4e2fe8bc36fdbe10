"""Importing records from CSV files."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from bordereau.imports import ImportReport, import_folder
from bordereau_api.cli.common import (
    OPERATOR,
    PARTLY,
    AsJson,
    TenantSlug,
    cell,
    command,
    find_tenant,
    out,
    progress,
    write_json,
    write_table,
)
from bordereau_api.opening import open_database


@command
def import_(
    folder: Annotated[Path, typer.Argument(help="Holds files such as customers.csv.")],
    tenant: TenantSlug,
    *,
    as_json: AsJson = False,
) -> None:
    """Import a folder of CSV files; good records are taken, bad ones are named."""
    with open_database() as database, progress(quiet=as_json) as bars:
        tenant_id = find_tenant(database, tenant)
        bar = bars.add_task("Importing records", total=None)
        report = import_folder(
            database,
            tenant_id,
            folder,
            actor=OPERATOR,
            on_progress=lambda file: bars.update(bar, description=file.file, advance=1),
        )
    show_report(report, as_json=as_json)
    if report.faults:
        raise typer.Exit(PARTLY)


def show_report(report: ImportReport, *, as_json: bool) -> None:
    """Write what was taken, and file, line, column and reason of what was not."""
    faults = [
        (file.file, fault.line, fault.column, fault.code, fault.message)
        for file in report.files
        for fault in file.faults
    ]
    counts = [
        (file.file, file.read, file.created, file.changed, file.unchanged, len(file.faults))
        for file in report.files
    ]
    if as_json:
        heads = ("file", "read", "created", "changed", "unchanged", "faults")
        names = ("file", "line", "column", "code", "reason")
        write_json(
            {
                "files": [dict(zip(heads, row, strict=True)) for row in counts],
                "faults": [dict(zip(names, row, strict=True)) for row in faults],
            }
        )
        return
    heads = ("File", ">Read", ">Created", ">Changed", ">Unchanged", ">Faults")
    write_table("Imported", heads, counts)
    if faults:
        out.print("\nNot taken", style="bold")
    for file, line, column, code, reason in faults:
        where = f"{file}:{line} {column}".rstrip()
        out.print(
            Text.assemble(cell(where), " ", (code, "bold"), " ", cell(reason)), soft_wrap=True
        )
