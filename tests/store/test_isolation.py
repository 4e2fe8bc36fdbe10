"""Attacks by one tenant on another, and the proof that the attacks work where nothing is fenced.

Each attack is a function that gets a session of the attacker and the victim's customer.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from tests.store.attack import TABLE, TREASURE, Victim
from tests.store.reading_attacks import READING
from tests.store.writing_attacks import WRITING

from bordereau.catalog.tables import Customer
from bordereau.errors import Forbidden
from bordereau.store import Database, TenantSession
from bordereau.values.ids import TenantId

ATTACKS = READING | WRITING


@dataclass(frozen=True)
class Scene:
    """A database, an attacker and a victim, with one customer each."""

    database: Database
    attacker: TenantId
    victim: Victim

    def succeeds(self, session: Session, name: str) -> bool:
        """Run an attack and tell whether it read the secret or changed the victim's rows."""
        before = self.rows()
        read: object
        try:
            read = ATTACKS[name](session, self.victim)
            session.commit()
        except (SQLAlchemyError, psycopg.Error, Forbidden) as refusal:
            read = str(refusal)
            session.rollback()
        return TREASURE in str(read) or self.rows() != before

    def rows(self) -> list[tuple[Any, ...]]:
        mine = select(TABLE).where(TABLE.c.tenant_id == self.victim.tenant_id).order_by(TABLE.c.id)
        with TenantSession(self.database.engine, self.victim.tenant_id) as session:
            return [tuple(row) for row in session.execute(mine)]


def as_owner(database: Database, statement: str) -> None:
    engine = database.owner_engine()
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


NewTenant = Callable[[Database], TenantId]


def stage(database: Database, new_tenant: NewTenant) -> Scene:
    as_owner(database, "delete from customer")  # works where the fence is off
    attacker, target = new_tenant(database), new_tenant(database)
    with database.tenant(attacker) as session:
        session.add(Customer(code="own", name="Own", country="BE"))
    with database.tenant(target) as session:
        customer = Customer(code="target", name=TREASURE, country="BE")
        session.add(customer)
    as_owner(database, "analyze customer")
    return Scene(database, attacker, Victim(target, customer))


@pytest.fixture(scope="module")
def own_database(postgres: Any, new_database: Callable[[], str]) -> Iterator[Database]:
    database = postgres.open(new_database())
    yield database
    database.close()


@pytest.fixture(scope="module")
def open_database(postgres: Any, new_database: Callable[[], str]) -> Iterator[Database]:
    """A database in which the fence around customers is switched off."""
    database = postgres.open(new_database())
    as_owner(database, "alter table customer disable row level security")
    yield database
    database.close()


@pytest.mark.parametrize("name", ATTACKS)
def test_no_attack_reaches_another_tenant(
    own_database: Database, new_tenant: NewTenant, name: str
) -> None:
    scene = stage(own_database, new_tenant)
    with TenantSession(scene.database.engine, scene.attacker) as session:
        assert not scene.succeeds(session, name)


@pytest.mark.parametrize("name", ATTACKS)
def test_without_the_fences_every_attack_succeeds(
    open_database: Database, new_tenant: NewTenant, name: str
) -> None:
    scene = stage(open_database, new_tenant)
    with Session(scene.database.engine) as session:
        assert scene.succeeds(session, name)


@pytest.mark.parametrize("name", [name for name in ATTACKS if not name.startswith("orm")])
def test_the_fence_holds_without_a_tenant_session(
    own_database: Database, new_tenant: NewTenant, name: str
) -> None:
    """A plain session names no tenant, so there is nothing it could read or change."""
    scene = stage(own_database, new_tenant)
    with Session(scene.database.engine) as session:
        assert not scene.succeeds(session, name)
