"""The ledger: balanced entries of issued invoices, revenue over periods, carrying forward.

Rows B62, B64 and B65. Entries are written once and never changed; the database checks that each
balances and lies in an open period.
"""

from bordereau.ledger.balances import Balance, trial_balance
from bordereau.ledger.carrying import Moved, carried, carry_forward, read_run
from bordereau.ledger.closing import close_until, set_entry_date
from bordereau.ledger.entry_filter import EntryFilter
from bordereau.ledger.invoice_filter import InvoiceFilter
from bordereau.ledger.listing import JournalRow, ListedEntry, ListedItem, journal, list_entries
from bordereau.ledger.posting import Posted, post, post_matching, post_one
from bordereau.ledger.revenue_booking import BookedRevenue, book_revenue
from bordereau.ledger.revenue_changing import change_parts
from bordereau.ledger.spreading import spread
from bordereau.ledger.spreads import parts_of, read_spread, spreads_of
from bordereau.ledger.tables import CarryForward, RevenuePart, RevenueSpread

__all__ = [
    "Balance",
    "BookedRevenue",
    "CarryForward",
    "EntryFilter",
    "InvoiceFilter",
    "JournalRow",
    "ListedEntry",
    "ListedItem",
    "Moved",
    "Posted",
    "RevenuePart",
    "RevenueSpread",
    "book_revenue",
    "carried",
    "carry_forward",
    "change_parts",
    "close_until",
    "journal",
    "list_entries",
    "parts_of",
    "post",
    "post_matching",
    "post_one",
    "read_run",
    "read_spread",
    "set_entry_date",
    "spread",
    "spreads_of",
    "trial_balance",
]
