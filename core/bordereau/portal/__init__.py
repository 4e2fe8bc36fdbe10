"""The portal: issued invoices shown to a customer, or to the people of a project (row B63).

A signed link stands for the right to look. Nothing can be changed here: but for the audit of a new
link, the room only reads.
"""

from bordereau.portal.links import LONGEST, make_link, open_link
from bordereau.portal.reading import (
    SharedDocument,
    SharedInvoice,
    shared_invoice,
    shared_invoices,
)
from bordereau.portal.scope import Scope

__all__ = [
    "LONGEST",
    "Scope",
    "SharedDocument",
    "SharedInvoice",
    "make_link",
    "open_link",
    "shared_invoice",
    "shared_invoices",
]
