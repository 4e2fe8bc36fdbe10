"""Attacks that write: each is judged by the victim's rows afterwards."""

from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session
from tests.store.attack import TABLE, TREASURE, Attacks, Victim, cursor, new_row

from bordereau.catalog.tables import Customer

WRITING = Attacks()


@WRITING.add
def orm_add(session: Session, victim: Victim) -> None:
    session.add(Customer(**new_row(victim)))
    session.flush()


@WRITING.add
def orm_bulk_objects(session: Session, victim: Victim) -> None:
    session.bulk_save_objects([Customer(**new_row(victim))])


@WRITING.add
def orm_insert(session: Session, victim: Victim) -> None:
    session.execute(insert(Customer), [new_row(victim)])


@WRITING.add
def orm_update(session: Session, _: Victim) -> None:
    session.execute(update(Customer).values(name="taken"))


@WRITING.add
def orm_update_by_key(session: Session, victim: Victim) -> None:
    key = {"tenant_id": victim.tenant_id, "id": victim.customer.id}
    session.execute(update(Customer), [key | {"name": "taken"}])


@WRITING.add
def orm_delete(session: Session, _: Victim) -> None:
    session.execute(delete(Customer))


@WRITING.add
def orm_merge(session: Session, victim: Victim) -> None:
    session.merge(Customer(**new_row(victim) | {"id": victim.customer.id, "name": "taken"}))
    session.flush()


@WRITING.add
def orm_move_own_row(session: Session, victim: Victim) -> None:
    mine = session.scalars(select(Customer).where(Customer.name != TREASURE)).first()
    assert mine is not None
    mine.tenant_id = victim.tenant_id
    session.flush()


@WRITING.add
def core_insert(session: Session, victim: Victim) -> None:
    session.execute(insert(TABLE).values(**new_row(victim)))


@WRITING.add
def core_upsert(session: Session, victim: Victim) -> None:
    row = new_row(victim) | {"id": victim.customer.id}
    words = upsert(TABLE).values(**row)
    changed = words.on_conflict_do_update(index_elements=["tenant_id", "id"], set_={"name": "X"})
    session.execute(changed)


@WRITING.add
def core_update(session: Session, victim: Victim) -> None:
    words = update(TABLE).where(TABLE.c.id == victim.customer.id)
    session.execute(words.values(name="taken"))


@WRITING.add
def core_delete(session: Session, victim: Victim) -> None:
    session.execute(delete(TABLE).where(TABLE.c.tenant_id == victim.tenant_id))


@WRITING.add
def text_update(session: Session, _: Victim) -> None:
    session.execute(text("update customer set name = 'taken'"))


@WRITING.add
def text_delete(session: Session, _: Victim) -> None:
    session.execute(text("delete from customer"))


@WRITING.add
def text_move_own_row(session: Session, victim: Victim) -> None:
    words = text("update customer set tenant_id = :t where name <> :name")
    session.execute(words, {"t": victim.tenant_id, "name": TREASURE})


@WRITING.add
def text_merge(session: Session, _: Victim) -> None:
    cursor(session).execute(
        "merge into customer c using (select 1) s on true when matched then update set name = 'x'"
    )


@WRITING.add
def copy_in(session: Session, victim: Victim) -> None:
    names = "copy customer (tenant_id, id, code, name, country) from stdin"
    with cursor(session).copy(names) as copy:
        copy.write_row(list(new_row(victim).values()))
