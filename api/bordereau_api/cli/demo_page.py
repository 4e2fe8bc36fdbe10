"""What the demonstration shows at its end, for people; 80 columns are enough."""

import shutil
import sys
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.text import Text

from bordereau_api.cli.common import cell, new_table, out, show_table, write_table

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
    "emailed": "mail",
    "printed": "print",
    "einvoiced": "e-invoice",
    "filed": "folder",
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
    confirmed = {fact["fact"]: not fact["unconfirmed"] for fact in invoice["facts"]}
    return " ".join(
        word if confirmed[fact] else f"{word}?" for fact, word in WORDS.items() if fact in confirmed
    )


def _invoices(summary: Mapping[str, Any]) -> None:
    wide = out.width >= WIDE
    invoices = summary["invoices"]
    sums = ", ".join(
        f"{one['total']} {one['currency']} (tax {one['tax']})" for one in summary["totals"]
    )
    table = new_table()
    table.add_column("Number", no_wrap=True)
    table.add_column("Customer")
    for head in ("Net", "Tax", "Total") if wide else ("Total",):
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column("Status", no_wrap=True)
    table.add_column("Arrived by", no_wrap=True)
    for one in invoices:
        total = f"{one['total']} {one['currency']}"
        amounts = (one["net"], one["tax"], total) if wide else (total,)
        rest = (*amounts, one["status"], happened(one))
        table.add_row(one["number"], _short(one["customer"]), *(cell(value) for value in rest))
    show_table(f"{summary['batch']['name']}: {len(invoices)} invoices, {sums}", table)
    if any(fact["unconfirmed"] for one in invoices for fact in one["facts"]):
        out.print("? written to a file; nobody says whether it was read in", style="dim")
    out.print()


def _short(name: str) -> Text:
    """Return a name that is cut where there is no room, so that only names are."""
    found = cell(name)
    found.no_wrap, found.overflow = True, "ellipsis"
    return found


def _needs_person(invoices: list[dict[str, Any]]) -> None:
    causes: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for one in invoices:
        for each in one["deliveries"]:
            if each["state"] != "done":
                method = each["mode"] or each["connection"] or ""
                causes[method, each["message"], each["fix"]].append(one["number"])
    if causes:
        rows = [("\n".join(numbers), *cause) for cause, numbers in causes.items()]
        write_table("Needs a person", ("Number", "Method", "Why", "What to do"), rows)
        out.print()


def _faults(report: Mapping[str, Any]) -> None:
    faults = report["faults"]
    if not faults:
        return
    wide = out.width >= WIDE
    heads = ("Where", "Column", "Code", "Reason") if wide else ("Where", "Column", "Code")
    rows = [
        (f"{one['file']}:{one['line']}", one["column"], one["code"], one["reason"])[: len(heads)]
        for one in faults[:FAULTS_SHOWN]
    ]
    title = f"Imported: {report['taken']} records taken, {len(faults)} faults found"
    write_table(title, heads, rows)
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
    for what, words in (
        ("the batch", f"batch list --tenant {account}"),
        ("a key", f"account key --tenant {account} --email me@example.org"),
        ("its API", "serve"),
        ("the end", "stop"),
    ):
        out.print(f"  {what:<10} {_program()} {words}", soft_wrap=True)


def _program() -> str:
    """Return how this program was called, so that its next command can be copied."""
    called = sys.argv[0]
    found = shutil.which(Path(called).name)
    return Path(called).name if found and Path(found).samefile(called) else called
