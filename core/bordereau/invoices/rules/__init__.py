"""The rules of invoices: which lines, which amounts, which number, what may change. Pure."""
