"""Charges: one row per billable thing, recorded by somebody or computed by a contract."""

from bordereau.charges.tables.charge import COMPUTED, KINDS, UNBILLED, Charge
from bordereau.charges.tables.measured import BackupUsage, BlockPeriod, Device
from bordereau.charges.tables.rating import Rating

__all__ = [
    "COMPUTED",
    "KINDS",
    "UNBILLED",
    "BackupUsage",
    "BlockPeriod",
    "Charge",
    "Device",
    "Rating",
]
