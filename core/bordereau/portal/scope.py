"""What a link shows, and the text that says so: `bdp_<tenant>_<c|p>_<id>_<expiry>_<mac>`.

The expiry is in seconds since 1970. The last part is HMAC-SHA256 over everything before it, under a
key that is derived (HKDF, RFC 5869) from a key of the installation, so that it signs nothing else.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bordereau.catalog.tables import Customer, Project
from bordereau.tenancy import KeyRing
from bordereau.values.ids import TenantId

OWNERS: Mapping[str, type[Customer] | type[Project]] = {"c": Customer, "p": Project}
PREFIXES = {"c": "cus", "p": "prj"}

_FORM = re.compile(r"(bdp_([0-9]{1,9})_([cp])_([0-9a-f]{32})_([0-9]{10}))_([0-9a-f]{64})")
_PURPOSE = b"bordereau portal link"


@dataclass(frozen=True, slots=True)
class Scope:
    """What may be looked at.

    Attributes:
        tenant_id: whose invoices they are.
        kind: `c`, the invoices of a customer, or `p`, those of a project.
        owner_id: the customer or the project.
        expires_at: until when.

    """

    tenant_id: TenantId
    kind: str
    owner_id: UUID
    expires_at: datetime


def sign(scope: Scope, keys: KeyRing) -> str:
    """Write a scope as the text of a link, signed with the newest key."""
    expiry = int(scope.expires_at.timestamp())
    said = f"bdp_{scope.tenant_id}_{scope.kind}_{scope.owner_id.hex}_{expiry:010d}"
    return f"{said}_{_mac(next(iter(keys.keys.values())), said)}"


def read_signed(text: str, keys: KeyRing) -> Scope | None:
    """Read the text of a link; None if no key of the ring has signed it."""
    form = _FORM.fullmatch(text)
    if form is None:
        return None
    said, tenant_id, kind, owner_id, expiry, mac = form.groups()
    matches = [hmac.compare_digest(_mac(key, said), mac) for key in keys.keys.values()]
    if not any(matches):
        return None
    until = datetime.fromtimestamp(int(expiry), UTC)
    return Scope(TenantId(int(tenant_id)), kind, UUID(hex=owner_id), until)


def _mac(key: bytes, said: str) -> str:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(key)
    return hmac.new(derived, said.encode(), hashlib.sha256).hexdigest()
