"""Entries and their items, revenue spread over periods, and what was carried forward."""

from bordereau.ledger.tables.carrying import CarriedForward, CarryForward
from bordereau.ledger.tables.entries import EntryDate, LedgerEntry, LedgerItem
from bordereau.ledger.tables.revenue import RevenuePart, RevenueSpread

__all__ = [
    "CarriedForward",
    "CarryForward",
    "EntryDate",
    "LedgerEntry",
    "LedgerItem",
    "RevenuePart",
    "RevenueSpread",
]
