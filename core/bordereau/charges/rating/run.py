"""Rating: contracts become charges, a thousand contracts at a time and by few statements.

Rating again changes nothing. Rating up to an earlier day takes nothing back either: work may be
billed as it was drawn. What was reserved or billed stays as it is; what is unbilled follows the
contract. Only periods from the first unbilled one on are looked at, so that the cost does not grow
with the billed past.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select

from bordereau.catalog.saving import lock
from bordereau.catalog.tables import Contract
from bordereau.charges.blocks.rating import rate_blocks
from bordereau.charges.owner_reading import contracts_by_id
from bordereau.charges.rating.computing import Usage, computed_rows
from bordereau.charges.rating.reading import first_days, last_days, usages_of
from bordereau.charges.rating.writing import RatingReport, write_computed
from bordereau.charges.rules.contract_types import ContractType
from bordereau.store import Database, TenantSession, among
from bordereau.values.ids import TenantId

CHUNK = 1_000
_COMPUTING = [
    ContractType.RETAINER_FLAT_FEE,
    ContractType.BLOCK_HOURS,
    ContractType.BLOCK_MONEY,
    ContractType.REMOTE_MONITORING,
    ContractType.ONLINE_BACKUP,
    ContractType.PROJECT_ONE_TIME_FEE,
]


def rate(
    session: TenantSession, *, until: date, contract_ids: Iterable[UUID] | None = None
) -> RatingReport:
    """Compute the charges of contracts for every period that starts on `until` or before.

    Args:
        session: the tenant's session; everything happens in its transaction.
        until: commonly today in the account's zone; what was rated beyond it is rated anew.
        contract_ids: some contracts; without them all that are switched on.

    """
    report = RatingReport()
    lock(session, "charge")
    after: UUID | None = None
    wanted = None if contract_ids is None else sorted(set(contract_ids))
    while ids := _next_contracts(session, until, after, wanted):
        report.add(_rate_chunk(session, ids, until))
        after = ids[-1]
    return report


def rate_all(
    database: Database,
    tenant_id: TenantId,
    *,
    until: date,
    on_progress: Callable[[RatingReport], None] | None = None,
) -> RatingReport:
    """Rate all contracts of a tenant, one transaction per thousand of them."""
    report, after = RatingReport(), None
    while True:
        with database.tenant(tenant_id) as session:
            ids = _next_contracts(session, until, after, None)
            if not ids:
                return report
            lock(session, "charge")
            report.add(_rate_chunk(session, ids, until))
        after = ids[-1]
        if on_progress:
            on_progress(report)


def count_to_rate(session: TenantSession, until: date) -> int:
    """Return how many contracts `rate_all` would look at."""
    query = select(func.count()).select_from(Contract).where(_is_rated(until))
    return session.scalar(query) or 0


def _is_rated(until: date) -> ColumnElement[bool]:
    return and_(Contract.active, Contract.start <= until, among(Contract.type, _COMPUTING))


def _next_contracts(
    session: TenantSession, until: date, after: UUID | None, wanted: Sequence[UUID] | None
) -> list[UUID]:
    query = select(Contract.id).where(_is_rated(until))
    if after is not None:
        query = query.where(Contract.id > after)
    if wanted is not None:
        query = query.where(among(Contract.id, wanted))
    return list(session.scalars(query.order_by(Contract.id).limit(CHUNK)))


def _rate_chunk(session: TenantSession, ids: list[UUID], until: date) -> RatingReport:
    contracts = contracts_by_id(session, ids)
    first = first_days(session, contracts)
    usages = usages_of(session, contracts, min(first.values()))
    ends = dict.fromkeys(contracts, until)
    ends |= {one: max(day, until) for one, day in last_days(session, contracts).items()}
    rows = rate_blocks(session, contracts, first, ends)
    for one in contracts.values():
        if not one.type.is_block:
            rows += computed_rows(one, first[one.id], ends[one.id], usages.get(one.id, Usage()))
    report = write_computed(session, contracts, first, rows)
    report.contracts = len(ids)
    return report
