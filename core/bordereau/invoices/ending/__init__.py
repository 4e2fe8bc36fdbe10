"""Taking invoices back: deleted, voided, brought to nil, replaced."""
