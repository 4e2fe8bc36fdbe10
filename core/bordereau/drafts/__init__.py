"""Pro forma drafts: charges put together before the invoice, edited and released (B13 to B15)."""

from bordereau.drafts.by_hand import add_line
from bordereau.drafts.editing import change_line, remove_line
from bordereau.drafts.filling import Filled, fill_drafts
from bordereau.drafts.finding import get_draft, lines_of, list_drafts
from bordereau.drafts.invoicing import Invoiced, invoice_drafts
from bordereau.drafts.stages import delete_draft, postpone, release, resume

__all__ = [
    "Filled",
    "Invoiced",
    "add_line",
    "change_line",
    "delete_draft",
    "fill_drafts",
    "get_draft",
    "invoice_drafts",
    "lines_of",
    "list_drafts",
    "postpone",
    "release",
    "remove_line",
    "resume",
]
