"""What happened to invoices, and the status that follows from it."""
