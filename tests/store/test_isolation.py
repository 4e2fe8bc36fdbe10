"""Attacks by one tenant on another, and the proof that the attacks work where nothing is fenced.

Each attack is a function that gets a session of the attacker and the victim's customer. A reading
attack returns what it could read; a writing one is judged by the victim's rows afterwards.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from sqlalchemy import delete, exists, func, insert, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, aliased

from bordereau.catalog.tables import Customer
from bordereau.errors import Forbidden
from bordereau.store import Base, Database, TenantSession
from bordereau.values.ids import TenantId, uuid7

TREASURE = "Zanzibar Holdings"
TABLE = Base.metadata.tables["customer"]
Attack = Callable[[Session, "Victim"], object]
ATTACKS: dict[str, Attack] = {}


@dataclass(frozen=True)
class Victim:
    """The tenant under attack and its one customer."""

    tenant_id: TenantId
    customer: Customer


def attack(function: Attack) -> Attack:
    ATTACKS[getattr(function, "__name__", "")] = function
    return function


def cursor(session: Session) -> psycopg.Cursor[Any]:
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, psycopg.Connection)
    return connection.cursor()


def new_row(victim: Victim) -> dict[str, Any]:
    return {"tenant_id": victim.tenant_id, "id": uuid7(), "code": "X", "name": "X", "country": "BE"}


# Reading


@attack
def orm_select(session: Session, _: Victim) -> object:
    return [c.name for c in session.scalars(select(Customer))]


@attack
def orm_get(session: Session, victim: Victim) -> object:
    found = session.get(Customer, (victim.tenant_id, victim.customer.id))
    return found and found.name


@attack
def orm_filter(session: Session, victim: Victim) -> object:
    wanted = select(Customer).where(Customer.tenant_id == victim.tenant_id)
    return [c.name for c in session.scalars(wanted)]


@attack
def orm_columns(session: Session, _: Victim) -> object:
    return session.execute(select(Customer.name)).all()


@attack
def orm_alias(session: Session, _: Victim) -> object:
    other = aliased(Customer)
    both = select(other.name).join_from(Customer, other, literal(value=True))
    return session.execute(both).all()


@attack
def orm_legacy_query(session: Session, _: Victim) -> object:
    return session.query(Customer.name).all()


@attack
def orm_union(session: Session, _: Victim) -> object:
    return session.execute(select(Customer.name).union(select(Customer.name))).all()


@attack
def orm_aggregate(session: Session, _: Victim) -> object:
    return session.scalar(select(func.string_agg(Customer.name, ",")))


@attack
def orm_exists(session: Session, _: Victim) -> object:
    found = session.scalar(select(exists().where(Customer.name == TREASURE)))
    return TREASURE if found else None


@attack
def orm_from_statement(session: Session, _: Victim) -> object:
    words = select(Customer).from_statement(text("select * from customer"))
    return [c.name for c in session.scalars(words)]


@attack
def core_select(session: Session, _: Victim) -> object:
    return session.execute(select(TABLE.c.name)).all()


@attack
def core_on_the_connection(session: Session, _: Victim) -> object:
    return session.connection().execute(select(TABLE.c.name)).all()


@attack
def text_select(session: Session, _: Victim) -> object:
    return session.execute(text("select name from customer")).all()


@attack
def text_with_the_tenant(session: Session, victim: Victim) -> object:
    words = text("select name from customer where tenant_id = :t")
    return session.execute(words, {"t": victim.tenant_id}).all()


@attack
def text_or_true(session: Session, _: Victim) -> object:
    return session.execute(text("select name from customer where tenant_id = 0 or true")).all()


@attack
def text_common_table_expression(session: Session, _: Victim) -> object:
    words = text("with c as (select * from customer) select row_to_json(c)::text from c")
    return session.scalars(words).all()


@attack
def driver_cursor(session: Session, _: Victim) -> object:
    return cursor(session).execute("select name from customer").fetchall()


@attack
def driver_prepared(session: Session, _: Victim) -> object:
    cursor(session).execute("prepare peek as select name from customer")
    return cursor(session).execute("execute peek").fetchall()


@attack
def server_side_cursor(session: Session, _: Victim) -> object:
    cursor(session).execute("declare peek cursor for select name from customer")
    return cursor(session).execute("fetch all from peek").fetchall()


@attack
def copy_table_out(session: Session, _: Victim) -> object:
    with cursor(session).copy("copy customer to stdout") as copy:
        return b"".join(bytes(block) for block in copy).decode()


@attack
def copy_query_out(session: Session, _: Victim) -> object:
    with cursor(session).copy("copy (select name from customer) to stdout") as copy:
        return b"".join(bytes(block) for block in copy).decode()


@attack
def temporary_view(session: Session, _: Victim) -> object:
    cursor(session).execute("create temp view peek as select name from customer")
    return cursor(session).execute("select * from peek").fetchall()


@attack
def own_function(session: Session, _: Victim) -> object:
    cursor(session).execute(
        "create function pg_temp.peek() returns setof text language sql security definer"
        " as 'select name from customer'"
    )
    return cursor(session).execute("select pg_temp.peek()").fetchall()


@attack
def cheap_spy_function(session: Session, _: Victim) -> object:
    """A cheap function is called first by the planner, unless the fence goes before it."""
    heard: list[str | None] = []
    spy = cursor(session)
    spy.connection.add_notice_handler(lambda notice: heard.append(notice.message_primary))
    spy.execute(
        "create function pg_temp.spy(text) returns bool language plpgsql cost 0.0000001"
        " as $$ begin raise notice '%', $1; return true; end $$"
    )
    spy.execute("select from customer where pg_temp.spy(name)")
    return heard


@attack
def planner_statistics(session: Session, _: Victim) -> object:
    return (
        cursor(session)
        .execute("select histogram_bounds::text, most_common_vals::text from pg_stats")
        .fetchall()
    )


@attack
def row_security_off(session: Session, _: Victim) -> object:
    cursor(session).execute("set local row_security = off")
    return cursor(session).execute("select name from customer").fetchall()


# Writing


@attack
def orm_add(session: Session, victim: Victim) -> None:
    session.add(Customer(**new_row(victim)))
    session.flush()


@attack
def orm_bulk_objects(session: Session, victim: Victim) -> None:
    session.bulk_save_objects([Customer(**new_row(victim))])


@attack
def orm_insert(session: Session, victim: Victim) -> None:
    session.execute(insert(Customer), [new_row(victim)])


@attack
def orm_update(session: Session, _: Victim) -> None:
    session.execute(update(Customer).values(name="taken"))


@attack
def orm_update_by_key(session: Session, victim: Victim) -> None:
    key = {"tenant_id": victim.tenant_id, "id": victim.customer.id}
    session.execute(update(Customer), [key | {"name": "taken"}])


@attack
def orm_delete(session: Session, _: Victim) -> None:
    session.execute(delete(Customer))


@attack
def orm_merge(session: Session, victim: Victim) -> None:
    session.merge(Customer(**new_row(victim) | {"id": victim.customer.id, "name": "taken"}))
    session.flush()


@attack
def orm_move_own_row(session: Session, victim: Victim) -> None:
    mine = session.scalars(select(Customer).where(Customer.name != TREASURE)).first()
    assert mine is not None
    mine.tenant_id = victim.tenant_id
    session.flush()


@attack
def core_insert(session: Session, victim: Victim) -> None:
    session.execute(insert(TABLE).values(**new_row(victim)))


@attack
def core_upsert(session: Session, victim: Victim) -> None:
    row = new_row(victim) | {"id": victim.customer.id}
    words = upsert(TABLE).values(**row)
    changed = words.on_conflict_do_update(index_elements=["tenant_id", "id"], set_={"name": "X"})
    session.execute(changed)


@attack
def core_update(session: Session, victim: Victim) -> None:
    words = update(TABLE).where(TABLE.c.id == victim.customer.id)
    session.execute(words.values(name="taken"))


@attack
def core_delete(session: Session, victim: Victim) -> None:
    session.execute(delete(TABLE).where(TABLE.c.tenant_id == victim.tenant_id))


@attack
def text_update(session: Session, _: Victim) -> None:
    session.execute(text("update customer set name = 'taken'"))


@attack
def text_delete(session: Session, _: Victim) -> None:
    session.execute(text("delete from customer"))


@attack
def text_move_own_row(session: Session, victim: Victim) -> None:
    words = text("update customer set tenant_id = :t where name <> :name")
    session.execute(words, {"t": victim.tenant_id, "name": TREASURE})


@attack
def text_merge(session: Session, _: Victim) -> None:
    cursor(session).execute(
        "merge into customer c using (select 1) s on true when matched then update set name = 'x'"
    )


@attack
def copy_in(session: Session, victim: Victim) -> None:
    names = "copy customer (tenant_id, id, code, name, country) from stdin"
    with cursor(session).copy(names) as copy:
        copy.write_row(list(new_row(victim).values()))


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
