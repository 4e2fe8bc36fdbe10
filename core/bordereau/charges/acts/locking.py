"""One charge as it is now, locked until the commit."""

from uuid import UUID

from bordereau.charges.tables import Charge
from bordereau.errors import NotFound
from bordereau.store import TenantSession
from bordereau.values.ids import public_id


def locked_charge(session: TenantSession, charge_id: UUID) -> Charge:
    """Return a charge.

    Raises:
        NotFound: there is no such charge.

    """
    found = session.get(
        Charge, (session.tenant_id, charge_id), populate_existing=True, with_for_update=True
    )
    if found is None:
        raise NotFound("charge", public_id("chg", charge_id))
    return found
