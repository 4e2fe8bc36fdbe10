"""Moving unbilled work: to the contract its ticket has now, or along with a changed contract."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import RowMapping, Select, and_, select
from sqlalchemy.orm import aliased

from bordereau.catalog.saving import Row, among, update_rows
from bordereau.catalog.tables import Ticket
from bordereau.charges.finding import settled_until
from bordereau.charges.owners import Payer, contracts_by_id, payers_by_customer
from bordereau.charges.placing import Work, place, price_item, price_time, tax_code_of
from bordereau.charges.rounding import round_groups
from bordereau.charges.tables import UNBILLED, Charge
from bordereau.errors import Invalid
from bordereau.store import TenantSession

_RECORDED = ("time", "product", "expense")


def move_to_ticket_contracts(session: TenantSession, ticket_ids: Iterable[UUID]) -> int:
    """Bring unbilled work of tickets to the contracts that the tickets have now."""
    wanted = _movable().where(among(Charge.ticket_id, list(ticket_ids)))
    return _move(session, session.execute(wanted).mappings().all())


def move_with_contracts(session: TenantSession, contract_ids: Iterable[UUID]) -> int:
    """Cut the periods of unbilled work anew, after its contract changed."""
    wanted = _movable(stay=True).where(among(Charge.contract_id, list(contract_ids)))
    return _move(session, session.execute(wanted).mappings().all())
