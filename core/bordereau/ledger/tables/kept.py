"""Rows that are written once and never changed."""

KEPT = {"info": {"privileges": ("select", "insert")}}
