"""What is not billed follows its contract at once, as far as the contract was rated before.

A batch may take a computed charge before the next rating; it then takes what the contract makes of
it now. Blocks follow when they are drawn (`blocks.drawing`).
"""

from collections.abc import Iterable
from uuid import UUID

from bordereau.charges.owner_reading import contracts_by_id
from bordereau.charges.rating.computing import Usage, computed_rows
from bordereau.charges.rating.reading import first_days, last_days, usages_of
from bordereau.charges.rating.writing import write_computed
from bordereau.store import TenantSession


def follow_at_once(session: TenantSession, contract_ids: Iterable[UUID]) -> None:
    """Compute the free charges of contracts anew, but of no period that no rating has reached."""
    rated = last_days(session, contract_ids)
    contracts = {
        one.id: one
        for one in contracts_by_id(session, rated).values()
        if one.active and not one.type.is_block
    }
    if not contracts:
        return
    first = first_days(session, contracts)
    usages = usages_of(session, contracts, min(first.values()))
    rows = [
        row
        for one in contracts.values()
        for row in computed_rows(one, first[one.id], rated[one.id], usages.get(one.id, Usage()))
    ]
    write_computed(session, contracts, first, rows)
