"""Charges: one row per billable thing, recorded by people or computed by contracts.

From here batches and invoices learn what can be billed and why something cannot; here contracts,
customers, projects and tickets are changed, because that decides it.
"""

from bordereau.charges.acts.approving import act_on_charges
from bordereau.charges.acts.deleting import delete_charge
from bordereau.charges.acts.lines import LineResult
from bordereau.charges.acts.revaluing import revalue
from bordereau.charges.acts.setting_aside import delay, reopen_written_off, resume, write_off
from bordereau.charges.acts.splitting import split_charge
from bordereau.charges.blocks.restating import apply_restatement, block_report, preview_restatement
from bordereau.charges.holds import held_since, refresh_holds
from bordereau.charges.rating.run import count_to_rate, rate, rate_all
from bordereau.charges.rating.writing import RatingReport
from bordereau.charges.recording.contracts import ContractRecord, save_contracts
from bordereau.charges.recording.cost_lines import (
    save_cost_lines,
    save_instalments,
    save_participants,
)
from bordereau.charges.recording.customers import save_customers, save_projects
from bordereau.charges.recording.records import (
    CostLineRecord,
    ExpenseRecord,
    InstalmentRecord,
    ItemRecord,
    ParticipantRecord,
    ProductRecord,
    TimeEntryRecord,
)
from bordereau.charges.recording.taxes import save_tax_codes, save_work_types
from bordereau.charges.recording.tickets import (
    TicketRecord,
    reopen_ticket,
    resolve_ticket,
    save_tickets,
)
from bordereau.charges.recording.usage import (
    BackupUsageRecord,
    DeviceRecord,
    save_backup_usage,
    save_devices,
)
from bordereau.charges.recording.work import draw_recorded, save_items, save_time_entries
from bordereau.charges.reserving import mark_billed, release, reserve
from bordereau.charges.rules.lifecycle import Action
from bordereau.charges.selection import (
    Against,
    balances,
    box_of,
    is_accrued,
    is_ready,
    is_unbilled,
    reasons,
)
from bordereau.charges.tables import COMPUTED, KINDS, UNBILLED, Charge

__all__ = [
    "COMPUTED",
    "KINDS",
    "UNBILLED",
    "Action",
    "Against",
    "BackupUsageRecord",
    "Charge",
    "ContractRecord",
    "CostLineRecord",
    "DeviceRecord",
    "ExpenseRecord",
    "InstalmentRecord",
    "ItemRecord",
    "LineResult",
    "ParticipantRecord",
    "ProductRecord",
    "RatingReport",
    "TicketRecord",
    "TimeEntryRecord",
    "act_on_charges",
    "apply_restatement",
    "balances",
    "block_report",
    "box_of",
    "count_to_rate",
    "delay",
    "delete_charge",
    "draw_recorded",
    "held_since",
    "is_accrued",
    "is_ready",
    "is_unbilled",
    "mark_billed",
    "preview_restatement",
    "rate",
    "rate_all",
    "reasons",
    "refresh_holds",
    "release",
    "reopen_ticket",
    "reopen_written_off",
    "reserve",
    "resolve_ticket",
    "resume",
    "revalue",
    "save_backup_usage",
    "save_contracts",
    "save_cost_lines",
    "save_customers",
    "save_devices",
    "save_instalments",
    "save_items",
    "save_participants",
    "save_projects",
    "save_tax_codes",
    "save_tickets",
    "save_time_entries",
    "save_work_types",
    "split_charge",
    "write_off",
]
