"""The floor of every stage: the cheapest fenced SQL that leaves the same rows in the same tables.

It is a bound and no product: it computes from the workload instead of reading charges, composes
no document, checks nothing, hashes nothing and asks nobody. It works in an account of its own, a
thousand invoices in a transaction, so that each ratio is taken on the same machine in the same run.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast
from uuid import UUID

from psycopg import Connection, Cursor, sql

from bordereau.store import Database
from bordereau.values.ids import uuid7
from bordereau_api.bench.channel import PER_CONSIGNMENT, Nowhere
from bordereau_api.bench.filling import (
    CHARGE_COLUMNS,
    CHUNK,
    Shop,
    charge_id,
    charge_row,
    chunks,
    customer_id,
)
from bordereau_api.bench.workload import AS_OF, CURRENCY, FEE, PERIOD, PERIOD_END, Bill, bills

_INVOICE, _LINE, _ALLOCATION = 11, 12, 13
_ROOM = 8

Work = Callable[["Cursor[Any]", range], None]


def invoice_id(number: int) -> UUID:
    """Return the id of an invoice of the floor."""
    return UUID(int=_INVOICE << 96 | number)


class Floor:
    """Takes an account that was filled through the stages, by bare SQL."""

    def __init__(self, database: Database, shop: Shop, amount: int) -> None:
        self._database = database
        self._shop = shop
        self._amount = amount
        self._batch, self._order, self._connection = uuid7(), uuid7(), uuid7()

    def rate(self) -> None:
        """Write one computed charge per contract."""
        self._each(self._rate)

    def run(self) -> None:
        """Write the invoices with lines, taxes and allocations, and reserve their charges."""
        with self._cursor() as cursor:
            cursor.execute(
                "insert into batch (tenant_id, id, name, state, as_of, time_zone, created_by)"
                " values (%s, %s, 'floor', 'run', %s, 'Europe/Paris', 'floor')",
                [self._shop.tenant_id, self._batch, AS_OF],
            )
            cursor.execute(
                "update charge set state = 'reserved', batch_id = %s where state = 'closed'",
                [self._batch],
            )
        self._each(self._draft)

    def generate(self) -> None:
        """Turn the proposals into drafts and their charges into billed ones."""
        with self._cursor() as cursor:
            cursor.execute("update invoice set state = 'draft' where state = 'proposed'")
            cursor.execute(
                "update charge set state = 'billed', batch_id = null where state = 'reserved'"
            )

    def finalise(self) -> None:
        """Give the drafts their numbers and each a delivery."""
        with self._cursor() as cursor:
            cursor.execute(
                "insert into connection (tenant_id, id, name, kind, key)"
                " values (%s, %s, 'floor', 'destination', %s)",
                [self._shop.tenant_id, self._connection, Nowhere.key],
            )
            cursor.execute(
                "insert into output_order (tenant_id, id, title, created_by)"
                " values (%s, %s, 'floor', 'floor')",
                [self._shop.tenant_id, self._order],
            )
        self._each(self._number)

    def deliver(self) -> None:
        """Book every delivery: its consignment, its answer, its fact and the new status."""
        self._each(self._carry, PER_CONSIGNMENT)

    def issue_past(self, numbers: range, owners: int) -> None:
        """Write issued invoices of long ago for the customers from 1 to `owners`, in turns."""
        with self._cursor() as cursor:
            self._draft(cursor, numbers, state="draft", owners=owners)
            self._take_numbers(cursor, numbers)

    def preview(self) -> tuple[list[Any], list[Any]]:
        """Return totals and first page of what is unbilled."""
        return self.totals(), self.page()

    def totals(self) -> list[Any]:
        """Return how many invoices, net, tax, minutes, charges and tickets are unbilled."""
        with self._cursor() as cursor:
            return cursor.execute(_TOTALS, {"as_of": AS_OF}).fetchall()

    def page(self) -> list[Any]:
        """Return the first fifty contracts with what is unbilled on each."""
        with self._cursor() as cursor:
            return cursor.execute(_PAGE, {"as_of": AS_OF}).fetchall()

    def tick(self, contract_id: UUID) -> list[Any]:
        """Return the balance of one contract, which is all that a tick must change."""
        with self._cursor() as cursor:
            found = cursor.execute(_BALANCE, {"as_of": AS_OF, "contract": contract_id})
            return found.fetchall()

    def _each(self, work: Work, size: int = CHUNK) -> None:
        for numbers in chunks(self._amount, size):
            with self._cursor() as cursor:
                work(cursor, numbers)

    @contextmanager
    def _cursor(self) -> Iterator["Cursor[Any]"]:
        """Open a fenced transaction without any layer in between."""
        with self._database.tenant(self._shop.tenant_id) as session:
            driver = session.connection().connection.driver_connection
            with cast("Connection[Any]", driver).cursor() as cursor:
                yield cursor

    def _rate(self, cursor: "Cursor[Any]", numbers: range) -> None:
        rows = (charge_row(self._shop, number, 1, FEE) for number in numbers)
        self._copy(cursor, "charge", CHARGE_COLUMNS, rows)

    def _draft(
        self,
        cursor: "Cursor[Any]",
        numbers: range,
        *,
        state: str = "proposed",
        owners: int | None = None,
    ) -> None:
        made = list(bills(numbers[0], numbers[-1]))
        batch = self._batch if owners is None else None
        invoices = (
            (
                invoice_id(number), "batch", state, batch, self._shop.administration_id,
                customer_id(number if owners is None else number % owners + 1), AS_OF, PERIOD,
                PERIOD_END, CURRENCY, "fr", "category", one.net, one.tax, one.total, "{}",
            )
            for number, one in made
        )  # fmt: skip
        self._copy(cursor, "invoice", _INVOICES, invoices)
        lines = (row for number, one in made for row in self._lines(number, one))
        self._copy(cursor, "invoice_line", _LINES, lines)
        taxes = (
            (invoice_id(number), "S", rate.percent, taxable, tax)
            for number, one in made
            for rate, taxable, tax in one.taxes
        )
        self._copy(cursor, "invoice_tax", _TAXES, taxes)
        allocations = (row for number, one in made for row in _allocations(number, one))
        self._copy(cursor, "allocation", _ALLOCATIONS, allocations)

    def _lines(self, number: int, one: Bill) -> Iterator[tuple[Any, ...]]:
        for position, line in enumerate(one.lines, 1):
            part = line.template
            yield (
                _part(_LINE, number, position), invoice_id(number), position, part.description,
                line.quantity, part.unit, part.price, line.net,
                self._shop.tax_codes[part.rate.code], part.rate.code, "S", part.rate.percent,
                PERIOD, PERIOD_END,
            )  # fmt: skip

    def _number(self, cursor: "Cursor[Any]", numbers: range) -> None:
        ids = self._take_numbers(cursor, numbers)
        cursor.execute(_DELIVERIES, [self._connection, self._order, ids])

    def _take_numbers(self, cursor: "Cursor[Any]", numbers: range) -> list[UUID]:
        taken = cursor.execute(
            "update series set next = next + %s where id = %s returning next - %s",
            [len(numbers), self._shop.series_id, len(numbers)],
        ).fetchone()
        first = taken[0] if taken else 1
        ids = [invoice_id(number) for number in numbers]
        sequences = list(range(first, first + len(numbers)))
        names = [f"F{AS_OF.year}-{sequence:07d}" for sequence in sequences]
        cursor.execute(_NUMBER, [self._shop.series_id, ids, sequences, names])
        return ids

    def _carry(self, cursor: "Cursor[Any]", numbers: range) -> None:
        some = {"ids": [invoice_id(number) for number in numbers], "consignment": uuid7()}
        places = {"connection": self._connection, "order": self._order}
        for statement in _CARRY:
            cursor.execute(statement, some | places)

    def _copy(
        self,
        cursor: "Cursor[Any]",
        table: str,
        columns: Sequence[str],
        rows: Iterable[Sequence[Any]],
    ) -> None:
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        target, heap = sql.Identifier(table), sql.Identifier(f"floor_{table}")
        cursor.execute(
            sql.SQL("create temporary table {} on commit drop as select {} from {} limit 0").format(
                heap, names, target
            )
        )
        with cursor.copy(sql.SQL("copy {} from stdin").format(heap)) as copy:
            for row in rows:
                copy.write_row(row)
        insert = sql.SQL("insert into {} (tenant_id, {}) select %s, {} from {}")
        cursor.execute(insert.format(target, names, names, heap), [self._shop.tenant_id])


def _part(kind: int, number: int, position: int) -> UUID:
    return UUID(int=kind << 96 | number * _ROOM + position)


def _allocations(number: int, one: Bill) -> Iterator[tuple[Any, ...]]:
    for position, line in enumerate(one.lines, 1):
        yield (
            _part(_ALLOCATION, number, position), charge_id(number, position),
            invoice_id(number), _part(_LINE, number, position), line.net,
        )  # fmt: skip


_INVOICES = (
    "id", "origin", "state", "batch_id", "administration_id", "customer_id", "issue_date",
    "period_start", "period_end", "currency", "language", "tax_policy", "net", "tax", "total",
    "buyer",
)  # fmt: skip
_LINES = (
    "id", "invoice_id", "position", "name", "quantity", "unit", "unit_price", "net",
    "tax_code_id", "tax_code", "tax_category", "tax_rate", "period_start", "period_end",
)  # fmt: skip
_TAXES = ("invoice_id", "category", "rate", "taxable", "tax")
_ALLOCATIONS = ("id", "charge_id", "invoice_id", "line_id", "amount")

_NUMBER = """\
update invoice set state = 'issued', series_id = %s, sequence = new.sequence, number = new.number
from unnest(%s::uuid[], %s::int[], %s::text[]) as new(id, sequence, number)
where invoice.id = new.id"""

_DELIVERIES = """\
insert into delivery (tenant_id, id, invoice_id, connection_id, order_id)
select tenant_id, gen_random_uuid(), id, %s, %s from invoice where id = any(%s)"""

_CARRY = (
    """insert into consignment (tenant_id, id, connection_id, order_id, request_key, title)
    values (current_setting('app.tenant')::int, %(consignment)s, %(connection)s, %(order)s, '', '')
    """,
    """update delivery set state = 'done', consignment_id = %(consignment)s, attempts = 1
    where invoice_id = any(%(ids)s)""",
    """insert into delivery_attempt (tenant_id, delivery_id, attempt, outcome)
    select tenant_id, id, 1, 'created' from delivery where invoice_id = any(%(ids)s)""",
    """insert into invoice_fact (tenant_id, id, invoice_id, kind, delivery_id)
    select tenant_id, gen_random_uuid(), invoice_id, 'exported', id from delivery
    where invoice_id = any(%(ids)s)""",
    """insert into status_change (tenant_id, id, invoice_id, before, after)
    select tenant_id, gen_random_uuid(), id, 'draft', 'exported' from invoice
    where id = any(%(ids)s)""",
    "update invoice set status = 'exported' where id = any(%(ids)s)",
)

_READY = """\
state in ('open', 'approved', 'closed', 'delayed') and state = 'closed' and chargeable
and holds = '{}' and draft_id is null and ready_on <= %(as_of)s and contract_id is not null"""

_TOTALS = f"""\
with line as (
  select contract_id, tax_code_id, sum(net) net, sum(minutes) minutes, count(*) charges
  from charge where {_READY} group by contract_id, tax_code_id
), taxed as (
  select contract_id, sum(net) net, sum(round(net * rate / 100, 2)) tax,
    sum(minutes) minutes, sum(charges) charges
  from line join tax_code on tax_code.id = line.tax_code_id group by contract_id
)
select count(*), sum(net), sum(tax), sum(minutes), sum(charges),
  (select count(distinct ticket_id) from charge where {_READY})
from taxed"""  # noqa: S608 - constants of our own

_PAGE = f"""\
select first.*, mine.* from (
  select contract.id, contract.code, contract.name, contract.type, customer.name customer
  from contract join customer on customer.id = contract.customer_id
  where exists (select from charge where contract_id = contract.id and {_READY})
  order by customer.name, contract.code limit 50
) first
join lateral (
  select count(*) items, sum(net) net, sum(minutes) minutes, max(currency) currency
  from charge where contract_id = first.id and {_READY}
) mine on true
order by customer, code"""  # noqa: S608 - constants of our own

_BALANCE = f"""\
select count(*), sum(net), sum(minutes) from charge
where contract_id = %(contract)s and {_READY}"""  # noqa: S608 - constants of our own
