"""What attacks on the fence share: their list, the victim, the customer it keeps secret."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy.orm import Session

from bordereau.catalog.tables import Customer
from bordereau.store import Base
from bordereau.values.ids import TenantId, uuid7

TREASURE = "Zanzibar Holdings"
TABLE = Base.metadata.tables["customer"]


@dataclass(frozen=True)
class Victim:
    """The tenant under attack and its one customer."""

    tenant_id: TenantId
    customer: Customer


Attack = Callable[[Session, Victim], object]


class Attacks(dict[str, Attack]):
    """Attacks by the names of their functions."""

    def add(self, function: Attack) -> Attack:
        self[getattr(function, "__name__", "")] = function
        return function


def cursor(session: Session) -> psycopg.Cursor[Any]:
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, psycopg.Connection)
    return connection.cursor()


def new_row(victim: Victim) -> dict[str, Any]:
    return {"tenant_id": victim.tenant_id, "id": uuid7(), "code": "X", "name": "X", "country": "BE"}
