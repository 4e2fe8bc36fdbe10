"""Output: how issued invoices reach customers, folders and accounting systems.

An order makes deliveries (invoice and connection), a chunk of them is prepared by `render.v1`, a
consignment is carried by `consign.v1`, and what came of it is booked: states, facts, attempts.
"""

from bordereau.output.acts import cancel, confirm, dismiss, resolve_unknown, retry_failed
from bordereau.output.channels import Channels, connected
from bordereau.output.desk import Desk, Pace
from bordereau.output.inbox import Cause, attention, waiting_for
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
from bordereau.output.preview import file_of, preview
from bordereau.output.progress import Progress, fully_processed, progress
from bordereau.output.reasons import REASONS, Reason
from bordereau.output.requeue import resume
from bordereau.output.sweeper import Sweeper
from bordereau.output.wiring import output_jobs, output_queues

__all__ = [
    "FOLDER",
    "MODES",
    "REASONS",
    "Cause",
    "Channels",
    "Desk",
    "Mode",
    "Ordered",
    "OutputOptions",
    "Pace",
    "Planned",
    "Progress",
    "Reason",
    "Sweeper",
    "attention",
    "cancel",
    "check_options",
    "confirm",
    "connected",
    "dismiss",
    "file_of",
    "fully_processed",
    "order",
    "order_issued",
    "output_jobs",
    "output_queues",
    "planned_deliveries",
    "preview",
    "progress",
    "resolve_unknown",
    "resume",
    "retry_failed",
    "tell_changes",
    "tell_finalised",
    "waiting_for",
]
