"""The ledger: balanced entries of issued invoices, revenue over periods, carrying forward.

Rows B62, B64 and B65. The entries are written once and never changed.
"""
