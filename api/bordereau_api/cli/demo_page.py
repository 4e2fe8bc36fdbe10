"""What the demonstration shows at its end, for people; 80 columns are enough."""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.text import Text

from bordereau_api.cli.common import cell, new_table, out, write_table

WIDE = 110  # columns from which on net and tax have room
FAULTS_SHOWN = 8
FILES = (
    ("summary.json", "all of this and more, for programs"),
    ("pdf/", "the invoices"),
    ("mail/", "the messages, as the mail server received them"),
    ("csv/", "the export for the accounting system"),
    ("archive/", "the customers' folders, with hashes to verify them by"),
)
WORDS = {
    "printed": "printed",
    "filed": "folder",
    "emailed": "e-mail",
    "einvoiced": "e-invoice",
    "exported": "export",
}


def show_demo(summary: Mapping[str, Any], root: Path) -> None:
    """Write the invoices, what needs a person, what was not taken, and how to go on."""
    _invoices(summary)
    _needs_person(summary["invoices"])
    _faults(summary["import"])
    _files(root)
    _next_steps(summary["account"])


def happened(invoice: Mapping[str, Any]) -> str:
    """Say in a few words where an invoice arrived; `?` marks what nobody confirmed."""
    told: dict[str, bool] = {}
    for fact in invoice["facts"]:
        word = WORDS.get(fact["fact"], fact["fact"])
        told[word] = told.get(word, True) and fact["unconfirmed"]
    return " ".join(f"{word}?" if unconfirmed else word for word, unconfirmed in told.items())


def _invoices(summary: Mapping[str, Any]) -> None:
    wide = out.width >= WIDE
    sums = ", ".join(
        f"{one['total']} {one['currency']} (tax {one['tax']})" for one in summary["totals"]
    )
    invoices = summary["invoices"]
    table = new_table(f"{summary['batch']['name']}: {len(invoices)} invoices, {sums}")
    table.add_column("Number", no_wrap=True)
    table.add_column("Customer", no_wrap=True, overflow="ellipsis", ratio=1)
    for head in ("Net", "Tax", "Total") if wide else ("Total",):
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("Status", no_wrap=True)
    table.add_column("Arrived by")
    for one in invoices:
        amounts = (one["net"], one["tax"], one["total"]) if wide else (one["total"],)
        cells = (one["number"], one["customer"], *amounts, one["currency"], one["status"])
        table.add_row(*(cell(value) for value in cells), happened(one))
    out.print(table)
    if any(fact["unconfirmed"] for one in invoices for fact in one["facts"]):
        out.print("? = written to a file; whether it was read in, the far side does not say", style="dim")
    out.print()


def _needs_person(invoices: list[dict[str, Any]]) -> None:
    causes: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in invoices:
        for each in one["deliveries"]:
            if each["state"] != "done":
                causes[each["message"], each["fix"]].append(one["number"])
    if causes:
        rows = [("\n".join(numbers), *cause) for cause, numbers in causes.items()]
        write_table("Needs a person", ("Number", "Why", "What to do"), rows)
        out.print()


def _faults(report: Mapping[str, Any]) -> None:
    faults = report["faults"]
    if not faults:
        return
    rows = [
        (f"{one['file']}:{one['line']}", one["column"], one["code"])
        for one in faults[:FAULTS_SHOWN]
    ]
    title = f"Not taken from the files ({report['taken']} records were)"
    write_table(title, ("Where", "Column", "Code"), rows)
    if more := len(faults) - len(rows):
        out.print(f"and {more} more; summary.json has them all, with the reasons", style="dim")
    out.print()


def _files(root: Path) -> None:
    out.print(Text.assemble(("Files in ", "bold"), (str(root), "bold")), soft_wrap=True)
    for name, what in FILES:
        out.print(f"  {name:<13} {what}")
    out.print()


def _next_steps(account: str) -> None:
    out.print("Look further", style="bold")
    for line in (
        f"  bordereau batch list --tenant {account}",
        f"  bordereau account key --tenant {account} --email you@example.org   # for the REST API",
        "  bordereau serve                       # http://127.0.0.1:8000/api/v1/docs",
        "  bordereau stop                        # stop the embedded database",
    ):
        out.print(line, soft_wrap=True)
