"""From charges to the lines, surcharges, taxes and totals of invoices."""
