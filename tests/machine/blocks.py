"""Blocks: what is taken over from the product, and what is reckoned again to check it."""

from tests.machine.desk import Desk
from tests.machine.model import Model


def rate_blocks(model: Model, desk: Desk) -> None:
    """Take over."""
