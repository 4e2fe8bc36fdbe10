"""The room invoices."""
