"""Bordereau: from approved work to invoice batches, and from there to everywhere they must go."""

__version__ = "0.1.0"
