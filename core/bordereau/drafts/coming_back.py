"""Postponed drafts whose day has come: open again, or joined to the client's open one (row B13)."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, case, literal, select, update

from bordereau.charges.tables import Charge
from bordereau.drafts.finding import OPEN, PREFIX
from bordereau.drafts.tables import Draft, DraftLine
from bordereau.store import TenantSession, among
from bordereau.tenancy import Actor, record_audit
from bordereau.values.ids import public_id

_QUIET = {"synchronize_session": False}
Client = tuple[UUID, UUID]


def bring_back(
    session: TenantSession, actor: Actor, as_of: date, *where: ColumnElement[bool]
) -> list[UUID]:
    """Open the postponed drafts that are due, and return the drafts that are open with them.

    A client has one open draft: what is due joins it, and is then deleted as an empty one.
    """
    due = (Draft.state == "delayed", Draft.delayed_until <= as_of, *where)
    found = _locked(session, *due)
    if not found:
        return []
    clients = [client for _, client in found]
    homes = {client: draft_id for draft_id, client in _locked(session, *_open(clients))}
    joins: dict[UUID, UUID] = {}
    for draft_id, client in found:
        home = homes.setdefault(client, draft_id)
        if home != draft_id:
            joins[draft_id] = home
    _join(session, actor, joins)
    opened = [draft_id for draft_id, _ in found if draft_id not in joins]
    _change(session, opened, state="new")
    for draft_id in opened:
        record_audit(session, actor, "draft.resume", public_id(PREFIX, draft_id))
    return sorted({*opened, *joins.values()})


def _locked(session: TenantSession, *where: ColumnElement[bool]) -> list[tuple[UUID, Client]]:
    query = select(Draft.id, Draft.administration_id, Draft.customer_id).where(*where)
    found = session.execute(query.order_by(Draft.id).with_for_update())
    return [(row[0], (row[1], row[2])) for row in found]


def _open(clients: list[Client]) -> tuple[ColumnElement[bool], ...]:
    return (
        Draft.state.in_(OPEN),
        among(Draft.administration_id, {administration for administration, _ in clients}),
        among(Draft.customer_id, {customer for _, customer in clients}),
    )


def _join(session: TenantSession, actor: Actor, joins: Mapping[UUID, UUID]) -> None:
    """Move the lines of drafts into others, and delete what is empty then."""
    if not joins:
        return
    for model in (DraftLine, Charge):
        column: Any = model.draft_id
        home = case({old: literal(new, Uuid) for old, new in joins.items()}, value=column)
        session.execute(
            update(model).where(among(column, joins)).values(draft_id=home),
            execution_options=_QUIET,
        )
    _change(session, list(joins), state="deleted")
    for old, new in joins.items():
        said = {"into": public_id(PREFIX, new)}
        record_audit(session, actor, "draft.join", public_id(PREFIX, old), said)


def _change(session: TenantSession, draft_ids: list[UUID], *, state: str) -> None:
    session.execute(
        update(Draft)
        .where(among(Draft.id, draft_ids))
        .values(state=state, delayed_until=None, version=Draft.version + 1),
        execution_options=_QUIET,
    )
