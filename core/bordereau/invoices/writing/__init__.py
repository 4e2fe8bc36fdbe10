"""Writing invoices by hand: ad hoc, and changed until they have a number."""
