"""The store: tables, tenant sessions, row-level security, migrations and the embedded PostgreSQL.

Only this room opens engines. Other rooms declare tables on `Base`, work in a `TenantSession` that
`Database.tenant` gives them, name many rows with `among` and write them with `copy_rows`.
"""

from bordereau.store.base import Base, Entity, Tenanted, load_tables, tenant_fk
from bordereau.store.bulk import copy_rows
from bordereau.store.conditions import among
from bordereau.store.database import Database
from bordereau.store.migrate import Step, migrate
from bordereau.store.session import TenantSession
from bordereau.store.settings import Settings
from bordereau.store.tenants import new_tenant_id, tenant_id_of, tenant_ids

__all__ = [
    "Base",
    "Database",
    "Entity",
    "Settings",
    "Step",
    "TenantSession",
    "Tenanted",
    "among",
    "copy_rows",
    "load_tables",
    "migrate",
    "new_tenant_id",
    "tenant_fk",
    "tenant_id_of",
    "tenant_ids",
]
