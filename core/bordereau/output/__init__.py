"""Output: how issued invoices reach customers, folders and accounting systems.

An order makes deliveries (invoice and connection), a chunk of them is prepared by `render.v1`, a
consignment is carried by `consign.v1`, and what came of it is booked: states, facts, attempts.
"""

from bordereau.output.channels import Channels, connected
from bordereau.output.desk import Desk, Pace
from bordereau.output.modes import FOLDER, MODES, Mode
from bordereau.output.notices import tell_changes, tell_finalised
from bordereau.output.options import OutputOptions
from bordereau.output.orders import (
    Ordered,
    check_options,
    order,
    order_issued,
    planned_deliveries,
)
from bordereau.output.plan import Planned
from bordereau.output.reasons import REASONS, Reason
from bordereau.output.wiring import output_jobs, output_queues

__all__ = [
    "FOLDER",
    "MODES",
    "REASONS",
    "Channels",
    "Desk",
    "Mode",
    "Ordered",
    "OutputOptions",
    "Pace",
    "Planned",
    "Reason",
    "check_options",
    "connected",
    "order",
    "order_issued",
    "output_jobs",
    "output_queues",
    "planned_deliveries",
    "tell_changes",
    "tell_finalised",
]
