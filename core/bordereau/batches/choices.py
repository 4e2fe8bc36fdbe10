"""Ticking and unticking: everything, an owner, or a single charge (rows A24, A32, A34, B16).

Every choice raises the version of the batch, so that people do not overwrite each other unseen.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from bordereau.batches.opening import raise_version
from bordereau.batches.owner_filter import OwnerFilter
from bordereau.batches.owners_shown import owners_shown
from bordereau.batches.selection import offered, owner_column, owner_key, ready
from bordereau.batches.tables import Batch, ChargeChoice, OwnerChoice
from bordereau.charges import reasons
from bordereau.charges.tables import Charge
from bordereau.errors import NotFound, Refused
from bordereau.store import TenantSession, among
from bordereau.tenancy import Actor, Right
from bordereau.values.ids import public_id

_OWNER = {"contracts": "contract", "projects": "project", "participants": "customer"}
_QUIET = {"synchronize_session": False}


def choose_all(session: TenantSession, batch: Batch, *, ticked: bool, actor: Actor) -> None:
    """Tick or untick everything; choices made before are forgotten.

    Raises:
        Forbidden: RIGHT_MISSING.
        Conflict: the batch is run already.

    """
    _begin(session, batch, actor, tick_all=ticked)
    for choice in (OwnerChoice, ChargeChoice):
        session.execute(delete(choice).where(choice.batch_id == batch.id), execution_options=_QUIET)


def choose_owners(
    session: TenantSession,
    batch: Batch,
    owner_ids: Collection[UUID],
    *,
    ticked: bool,
    actor: Actor,
) -> None:
    """Tick or untick whole contracts or projects; choices for their charges are forgotten.

    Raises:
        Forbidden: RIGHT_MISSING.
        Refused: OWNER_LOCKED, nothing of an owner is ready; its details name the owners.
        Conflict: the batch is run already.

    """
    _begin(session, batch, actor)
    if ticked and owner_ids:
        _refuse_locked(session, batch, owner_ids)
    _choose(session, batch, owner_ids, ticked=ticked)


def choose_matching(
    session: TenantSession, batch: Batch, show: OwnerFilter, *, ticked: bool, actor: Actor
) -> int:
    """Tick or untick every owner that a filter shows, and return how many (rows B9, B16, B35).

    Owners of which nothing is ready are passed over.

    Raises:
        Forbidden: RIGHT_MISSING.
        Invalid: the filter cannot be meant.
        Conflict: the batch is run already.

    """
    _begin(session, batch, actor)
    column, shown = owner_column(batch), owners_shown(batch, show).subquery()
    query = select(column).where(ready(batch), column.in_(select(shown.c.id))).distinct()
    ids = session.scalars(query).all()
    _choose(session, batch, ids, ticked=ticked)
    return len(ids)


def choose_charges(
    session: TenantSession,
    batch: Batch,
    charge_ids: Collection[UUID],
    *,
    ticked: bool,
    actor: Actor,
) -> None:
    """Tick or untick single charges.

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: a charge does not exist, or the batch does not offer it.
        Refused: CHARGE_NOT_READY, with every reason of every charge that cannot be ticked.
        Conflict: the batch is run already.

    """
    _begin(session, batch, actor)
    wanted = list(dict.fromkeys(charge_ids))
    found = session.scalars(select(Charge).where(among(Charge.id, wanted), offered(batch))).all()
    if len(found) < len(wanted):
        missing = set(wanted) - {one.id for one in found}
        raise NotFound("charge", public_id("chg", min(missing)))
    if ticked:
        _refuse_unready(batch, found)
    rows = [
        {"tenant_id": session.tenant_id, "batch_id": batch.id, "charge_id": one, "ticked": ticked}
        for one in wanted
    ]
    _upsert(session, ChargeChoice, rows)


def _begin(session: TenantSession, batch: Batch, actor: Actor, **changed: bool) -> None:
    actor.must(Right.BATCH)
    raise_version(session, batch, "selecting", **changed)


def _choose(
    session: TenantSession, batch: Batch, owner_ids: Collection[UUID], *, ticked: bool
) -> None:
    charges = select(Charge.id).where(among(owner_column(batch), owner_ids), offered(batch))
    session.execute(
        delete(ChargeChoice).where(
            ChargeChoice.batch_id == batch.id, ChargeChoice.charge_id.in_(charges)
        ),
        execution_options=_QUIET,
    )
    rows = [
        {"tenant_id": session.tenant_id, "batch_id": batch.id, "owner_id": one, "ticked": ticked}
        for one in dict.fromkeys(owner_ids)
    ]
    _upsert(session, OwnerChoice, rows)


def _upsert(
    session: TenantSession,
    choice: type[OwnerChoice] | type[ChargeChoice],
    rows: list[dict[str, object]],
) -> None:
    if not rows:
        return
    statement = insert(choice)
    keys = [column.name for column in choice.__table__.primary_key]
    session.execute(
        statement.on_conflict_do_update(
            index_elements=keys, set_={"ticked": statement.excluded.ticked}
        ),
        rows,
    )


def _refuse_locked(session: TenantSession, batch: Batch, owner_ids: Collection[UUID]) -> None:
    column = owner_column(batch)
    query = select(column).where(among(column, owner_ids), ready(batch)).distinct()
    locked = set(owner_ids) - set(session.scalars(query))
    if locked:
        raise Refused(
            "OWNER_LOCKED",
            f"Nothing of this {_OWNER[batch.source]} can be billed yet.",
            hint="Open it to see the reason of each item.",
            details={"owners": sorted(owner_key(batch, one) for one in locked)},
        )


def _refuse_unready(batch: Batch, charges: Collection[Charge]) -> None:
    against = {public_id("chg", one.id): reasons(one, batch.as_of) for one in charges}
    refused = {key: found for key, found in against.items() if found}
    if refused:
        first = next(iter(refused.values()))[0]
        raise Refused(
            "CHARGE_NOT_READY",
            f"This cannot be billed yet: {first.text}",
            hint="Remove the reasons, or leave it for a later batch.",
            details={
                "charges": {
                    key: [one.as_details() for one in found] for key, found in refused.items()
                }
            },
        )
