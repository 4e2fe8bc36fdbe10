"""Keys of stored secrets: going over to the newest one."""

from bordereau.connections import reseal as reseal_connections
from bordereau.store import Settings, tenant_ids
from bordereau.tenancy import KeyRing
from bordereau_api.cli.common import command, talk
from bordereau_api.opening import open_database


@command
def reseal() -> None:
    """Seal all stored secrets with the newest key, so that older keys can be taken away."""
    settings, count = Settings(), 0
    with open_database(settings) as database:
        keys = KeyRing.load(settings.data_dir)
        with database.operator() as operator:
            tenants = tenant_ids(operator)
        for tenant_id in tenants:
            with database.tenant(tenant_id) as session:
                count += reseal_connections(session, keys)
    talk.print(f"Sealed anew: {count}")
