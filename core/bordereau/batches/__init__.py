"""Batches: charges are selected, run, generated and finalised together (rows A1 to A42)."""

from bordereau.batches.changing import change_options
from bordereau.batches.choices import choose_all, choose_charges, choose_matching, choose_owners
from bordereau.batches.deleting import delete_batch
from bordereau.batches.finalising import (
    Finalised,
    NumberRange,
    finalise,
    finalised,
)
from bordereau.batches.generating import generate, numbers_at_once, preview_again
from bordereau.batches.items import Item, ItemPage, list_charges
from bordereau.batches.opening import get_batch, open_batch
from bordereau.batches.options import Options
from bordereau.batches.owner_filter import OwnerFilter
from bordereau.batches.owner_lines import Balance, Owner
from bordereau.batches.owners import OwnerPage, list_owners
from bordereau.batches.running import remove_invoice, run, select_again
from bordereau.batches.selection import owner_key
from bordereau.batches.totals import CurrencyTotals, Totals, totals

__all__ = [
    "Balance",
    "CurrencyTotals",
    "Finalised",
    "Item",
    "ItemPage",
    "NumberRange",
    "Options",
    "Owner",
    "OwnerFilter",
    "OwnerPage",
    "Totals",
    "change_options",
    "choose_all",
    "choose_charges",
    "choose_matching",
    "choose_owners",
    "delete_batch",
    "finalise",
    "finalised",
    "generate",
    "get_batch",
    "list_charges",
    "list_owners",
    "numbers_at_once",
    "open_batch",
    "owner_key",
    "preview_again",
    "remove_invoice",
    "run",
    "select_again",
    "totals",
]
