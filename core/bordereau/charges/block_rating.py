"""Settling blocks of hours and money for many contracts at once."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from bordereau.catalog.saving import Row
from bordereau.charges.owners import ContractFacts
from bordereau.store import TenantSession


def rate_blocks(
    session: TenantSession, contracts: Mapping[UUID, ContractFacts], until: date
) -> list[Row]:
    """Settle."""
    return []
