"""A database session that serves one tenant for its whole life.

The database's row security is the fence. What is added here is a second one for ORM statements,
and the one thing the database cannot see: an object of another tenant put into this session.
A new tenant means a new session, so the identity map can never hand over a stranger's row.
"""

from typing import Any

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, with_loader_criteria

from bordereau.errors import Forbidden
from bordereau.store.base import Tenanted
from bordereau.values.ids import TenantId

_SET_TENANT = text("select set_config('app.tenant', :tenant, true)")


class TenantSession(Session):
    """A session of one tenant; `tenant_id` is fixed when it is made.

    Rows stay readable after the commit, so what a use-case returns can be shown.
    """

    def __init__(self, bind: Engine | Connection, tenant_id: TenantId) -> None:
        super().__init__(bind, expire_on_commit=False)
        self._tenant_id = TenantId(int(tenant_id))

    @property
    def tenant_id(self) -> TenantId:
        """The tenant this session serves."""
        return self._tenant_id


class OperatorSession(Session):
    """A session without a tenant, for the few global things; it sees no tenant's rows."""

    def __init__(self, bind: Engine | Connection) -> None:
        super().__init__(bind, expire_on_commit=False)


@event.listens_for(TenantSession, "after_begin")
def _name_tenant(
    session: TenantSession, _transaction: SessionTransaction, connection: Connection
) -> None:
    """Tell the database for this transaction only, so that a pooled connection forgets it."""
    connection.execute(_SET_TENANT, {"tenant": str(session.tenant_id)})


@event.listens_for(OperatorSession, "after_begin")
def _name_nobody(
    _session: OperatorSession, _transaction: SessionTransaction, connection: Connection
) -> None:
    connection.execute(_SET_TENANT, {"tenant": ""})


@event.listens_for(TenantSession, "do_orm_execute")
def _add_criteria(state: ORMExecuteState) -> None:
    """Name the tenant in every ORM statement, which also lets the planner use its indexes."""
    session = state.session
    if not isinstance(session, TenantSession):
        return
    tenant_id = session.tenant_id
    if state.is_select or state.is_update or state.is_delete:
        state.statement = state.statement.options(
            with_loader_criteria(
                Tenanted, lambda table: table.tenant_id == tenant_id, include_aliases=True
            )
        )


@event.listens_for(TenantSession, "before_flush")
def _stamp(session: TenantSession, _context: Any, _instances: Any) -> None:
    """Fill in the tenant of new rows and refuse rows of another one."""
    for row in (*session.new, *session.dirty, *session.deleted):
        if not isinstance(row, Tenanted):
            continue
        if row.tenant_id is None:
            row.tenant_id = session.tenant_id
        elif row.tenant_id != session.tenant_id:
            raise Forbidden(
                "OTHER_TENANT",
                f"A row of another tenant was put into the session of tenant {session.tenant_id}.",
                hint="Open a session for that tenant.",
            )
