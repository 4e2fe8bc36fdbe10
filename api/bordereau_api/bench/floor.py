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
from bordereau_api.bench.filling import CHARGE_COLUMNS, CHUNK, charge_row, chunks
from bordereau_api.bench.floor_rows import (
    ALLOCATION_COLUMNS,
    INVOICE_COLUMNS,
    LINE_COLUMNS,
    TAX_COLUMNS,
    allocation_rows,
    invoice_rows,
    line_rows,
    tax_rows,
)
from bordereau_api.bench.floor_statements import BALANCE, CARRY, DELIVERIES, NUMBER, PAGE, TOTALS
from bordereau_api.bench.ids import invoice_id
from bordereau_api.bench.shop import Shop
from bordereau_api.bench.workload import AS_OF, FEE, bills

Work = Callable[["Cursor[Any]", range], None]


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
            return cursor.execute(TOTALS, {"as_of": AS_OF}).fetchall()

    def page(self) -> list[Any]:
        """Return the first fifty contracts with what is unbilled on each."""
        with self._cursor() as cursor:
            return cursor.execute(PAGE, {"as_of": AS_OF}).fetchall()

    def tick(self, contract_id: UUID) -> list[Any]:
        """Return the balance of one contract, which is all that a tick must change."""
        with self._cursor() as cursor:
            found = cursor.execute(BALANCE, {"as_of": AS_OF, "contract": contract_id})
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
        invoices = invoice_rows(self._shop, made, state, batch, owners)
        self._copy(cursor, "invoice", INVOICE_COLUMNS, invoices)
        self._copy(cursor, "invoice_line", LINE_COLUMNS, line_rows(self._shop, made))
        self._copy(cursor, "invoice_tax", TAX_COLUMNS, tax_rows(made))
        self._copy(cursor, "allocation", ALLOCATION_COLUMNS, allocation_rows(made))

    def _number(self, cursor: "Cursor[Any]", numbers: range) -> None:
        ids = self._take_numbers(cursor, numbers)
        cursor.execute(DELIVERIES, [self._connection, self._order, ids])

    def _take_numbers(self, cursor: "Cursor[Any]", numbers: range) -> list[UUID]:
        taken = cursor.execute(
            "update series set next = next + %s where id = %s returning next - %s",
            [len(numbers), self._shop.series_id, len(numbers)],
        ).fetchone()
        first = taken[0] if taken else 1
        ids = [invoice_id(number) for number in numbers]
        sequences = list(range(first, first + len(numbers)))
        names = [f"F{AS_OF.year}-{sequence:07d}" for sequence in sequences]
        cursor.execute(NUMBER, [self._shop.series_id, ids, sequences, names])
        return ids

    def _carry(self, cursor: "Cursor[Any]", numbers: range) -> None:
        some = {"ids": [invoice_id(number) for number in numbers], "consignment": uuid7()}
        places = {"connection": self._connection, "order": self._order}
        for statement in CARRY:
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
