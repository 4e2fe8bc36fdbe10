"""The kinds of files, in the order in which they depend on each other."""

from collections.abc import Callable
from dataclasses import dataclass

from bordereau.catalog import (
    AdministrationRecord,
    CustomerRecord,
    ProjectRecord,
    Record,
    Saved,
    TaxCodeRecord,
    WorkTypeRecord,
    save_administrations,
)
from bordereau.charges import (
    BackupUsageRecord,
    ContractRecord,
    CostLineRecord,
    DeviceRecord,
    ExpenseRecord,
    InstalmentRecord,
    ParticipantRecord,
    ProductRecord,
    TicketRecord,
    TimeEntryRecord,
    save_backup_usage,
    save_contracts,
    save_cost_lines,
    save_customers,
    save_devices,
    save_instalments,
    save_items,
    save_participants,
    save_projects,
    save_tax_codes,
    save_tickets,
    save_time_entries,
    save_work_types,
)
from bordereau.tenancy import Right

Save = Callable[..., Saved]  # of a session and records by line


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file.

    Attributes:
        name: the name of the file without `.csv`.
        record: what a line becomes.
        save: how lines are kept.
        right: who may.
        draws: whether it is work, which `save` may leave to be drawn from its blocks `later`.

    """

    name: str
    record: type[Record]
    save: Save
    right: Right
    draws: bool = False


KINDS: dict[str, Kind] = {
    name: Kind(name, record, save, right, draws=save is save_time_entries)
    for name, record, save, right in (
        ("tax_codes", TaxCodeRecord, save_tax_codes, Right.CHANGE_CATALOG),
        ("work_types", WorkTypeRecord, save_work_types, Right.CHANGE_CATALOG),
        ("administrations", AdministrationRecord, save_administrations, Right.ADMINISTER),
        ("customers", CustomerRecord, save_customers, Right.CHANGE_CATALOG),
        ("contracts", ContractRecord, save_contracts, Right.CHANGE_CATALOG),
        ("projects", ProjectRecord, save_projects, Right.CHANGE_CATALOG),
        ("tickets", TicketRecord, save_tickets, Right.CHANGE_CATALOG),
        ("devices", DeviceRecord, save_devices, Right.RECORD),
        ("backup_usage", BackupUsageRecord, save_backup_usage, Right.RECORD),
        ("time_entries", TimeEntryRecord, save_time_entries, Right.RECORD),
        ("products", ProductRecord, save_items, Right.RECORD),
        ("expenses", ExpenseRecord, save_items, Right.RECORD),
        ("cost_lines", CostLineRecord, save_cost_lines, Right.RECORD),
        ("instalments", InstalmentRecord, save_instalments, Right.RECORD),
        ("participants", ParticipantRecord, save_participants, Right.RECORD),
    )
}
