"""What is done before a tenant is known: list tenants, find one, take the id of a new one.

The application's role sees no tenant without being in it, so two functions of the database look
with their owner's rights. They answer only in a session without a tenant.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

from bordereau.values.ids import TenantId

FUNCTIONS = ("tenant_ids()", "tenant_id_of(text)")

STATEMENTS: tuple[str, ...] = (
    """\
create function tenant_ids() returns setof int
  language sql stable security definer set search_path = public, pg_temp as $$
  select id from tenant where coalesce(current_setting('app.tenant', true), '') = '' order by id
$$""",
    """\
create function tenant_id_of(wanted text) returns int
  language sql stable security definer set search_path = public, pg_temp as $$
  select id from tenant
    where coalesce(current_setting('app.tenant', true), '') = '' and slug = wanted
$$""",
)


def tenant_ids(operator: Session) -> list[TenantId]:
    """List all tenants in the order of their making."""
    return [TenantId(found) for found in operator.scalars(text("select tenant_ids()"))]


def tenant_id_of(operator: Session, slug: str) -> TenantId | None:
    """Find the tenant with this short name, or None."""
    found = operator.scalar(text("select tenant_id_of(:slug)"), {"slug": slug})
    return None if found is None else TenantId(found)


def new_tenant_id(operator: Session) -> TenantId:
    """Take the id of a new tenant; its row is then written in a session of that tenant."""
    taken = operator.execute(text("select nextval(pg_get_serial_sequence('tenant', 'id'))"))
    return TenantId(taken.scalar_one())
