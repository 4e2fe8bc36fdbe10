"""Attacks that read: each returns what it could read of the victim's customer."""

from sqlalchemy import exists, func, literal, select, text
from sqlalchemy.orm import Session, aliased
from tests.store.attack import TABLE, TREASURE, Attacks, Victim, cursor

from bordereau.catalog.tables import Customer

READING = Attacks()


@READING.add
def orm_select(session: Session, _: Victim) -> object:
    return [c.name for c in session.scalars(select(Customer))]


@READING.add
def orm_get(session: Session, victim: Victim) -> object:
    found = session.get(Customer, (victim.tenant_id, victim.customer.id))
    return found and found.name


@READING.add
def orm_filter(session: Session, victim: Victim) -> object:
    wanted = select(Customer).where(Customer.tenant_id == victim.tenant_id)
    return [c.name for c in session.scalars(wanted)]


@READING.add
def orm_columns(session: Session, _: Victim) -> object:
    return session.execute(select(Customer.name)).all()


@READING.add
def orm_alias(session: Session, _: Victim) -> object:
    other = aliased(Customer)
    both = select(other.name).join_from(Customer, other, literal(value=True))
    return session.execute(both).all()


@READING.add
def orm_legacy_query(session: Session, _: Victim) -> object:
    return session.query(Customer.name).all()


@READING.add
def orm_union(session: Session, _: Victim) -> object:
    return session.execute(select(Customer.name).union(select(Customer.name))).all()


@READING.add
def orm_aggregate(session: Session, _: Victim) -> object:
    return session.scalar(select(func.string_agg(Customer.name, ",")))


@READING.add
def orm_exists(session: Session, _: Victim) -> object:
    found = session.scalar(select(exists().where(Customer.name == TREASURE)))
    return TREASURE if found else None


@READING.add
def orm_from_statement(session: Session, _: Victim) -> object:
    words = select(Customer).from_statement(text("select * from customer"))
    return [c.name for c in session.scalars(words)]


@READING.add
def core_select(session: Session, _: Victim) -> object:
    return session.execute(select(TABLE.c.name)).all()


@READING.add
def core_on_the_connection(session: Session, _: Victim) -> object:
    return session.connection().execute(select(TABLE.c.name)).all()


@READING.add
def text_select(session: Session, _: Victim) -> object:
    return session.execute(text("select name from customer")).all()


@READING.add
def text_with_the_tenant(session: Session, victim: Victim) -> object:
    words = text("select name from customer where tenant_id = :t")
    return session.execute(words, {"t": victim.tenant_id}).all()


@READING.add
def text_or_true(session: Session, _: Victim) -> object:
    return session.execute(text("select name from customer where tenant_id = 0 or true")).all()


@READING.add
def text_common_table_expression(session: Session, _: Victim) -> object:
    words = text("with c as (select * from customer) select row_to_json(c)::text from c")
    return session.scalars(words).all()


@READING.add
def driver_cursor(session: Session, _: Victim) -> object:
    return cursor(session).execute("select name from customer").fetchall()


@READING.add
def driver_prepared(session: Session, _: Victim) -> object:
    cursor(session).execute("prepare peek as select name from customer")
    return cursor(session).execute("execute peek").fetchall()


@READING.add
def server_side_cursor(session: Session, _: Victim) -> object:
    cursor(session).execute("declare peek cursor for select name from customer")
    return cursor(session).execute("fetch all from peek").fetchall()


@READING.add
def copy_table_out(session: Session, _: Victim) -> object:
    with cursor(session).copy("copy customer to stdout") as copy:
        return b"".join(bytes(block) for block in copy).decode()


@READING.add
def copy_query_out(session: Session, _: Victim) -> object:
    with cursor(session).copy("copy (select name from customer) to stdout") as copy:
        return b"".join(bytes(block) for block in copy).decode()


@READING.add
def temporary_view(session: Session, _: Victim) -> object:
    cursor(session).execute("create temp view peek as select name from customer")
    return cursor(session).execute("select * from peek").fetchall()


@READING.add
def own_function(session: Session, _: Victim) -> object:
    cursor(session).execute(
        "create function pg_temp.peek() returns setof text language sql security definer"
        " as 'select name from customer'"
    )
    return cursor(session).execute("select pg_temp.peek()").fetchall()


@READING.add
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


@READING.add
def planner_statistics(session: Session, _: Victim) -> object:
    return (
        cursor(session)
        .execute("select histogram_bounds::text, most_common_vals::text from pg_stats")
        .fetchall()
    )


@READING.add
def row_security_off(session: Session, _: Victim) -> object:
    cursor(session).execute("set local row_security = off")
    return cursor(session).execute("select name from customer").fetchall()
