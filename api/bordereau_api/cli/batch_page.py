"""A batch as the command line shows it: its totals and, once it is on its way, its deliveries."""

from typing import Any

from bordereau.batches import Totals, totals
from bordereau.batches.tables import Batch
from bordereau.output import progress
from bordereau.store import TenantSession
from bordereau.values.ids import public_id
from bordereau_api.cli.common import out, write_json, write_table

FIGURES = ("currency", "invoices", "billable", "tax", "total")


def show_batch(session: TenantSession, batch: Batch, *, as_json: bool) -> None:
    """Write a batch for people or for programs."""
    found = totals(session, batch)
    arrived = dict(progress(session, batch_id=batch.id).by_state)
    if as_json:
        write_json(_told(batch, found, arrived))
        return
    title = f"{batch.name} ({public_id('bat', batch.id)}, {batch.state})"
    rows = [tuple(getattr(one, name) for name in FIGURES) for one in found.currencies]
    write_table(title, ("Currency", ">Invoices", ">Billable", ">Tax", ">Total"), rows)
    hours, minutes = divmod(found.minutes, 60)
    out.print(f"{found.tickets} unbilled tickets, {hours}:{minutes:02d} hours worked")
    if arrived:
        states = ", ".join(f"{number} {state}" for state, number in sorted(arrived.items()))
        out.print(f"deliveries: {states}")
    elif batch.preview_hash:
        out.print(f"preview {batch.preview_hash}", soft_wrap=True)


def _told(batch: Batch, found: Totals, arrived: dict[str, int]) -> dict[str, Any]:
    return {
        "id": public_id("bat", batch.id),
        "name": batch.name,
        "source": batch.source,
        "state": batch.state,
        "as_of": batch.as_of,
        "preview_hash": batch.preview_hash,
        "unbilled_tickets": found.tickets,
        "minutes_worked": found.minutes,
        "totals": [{name: getattr(one, name) for name in FIGURES} for one in found.currencies],
        "deliveries": arrived,
    }
