"""The product as a sequence uses it: a transaction for each action, a tenant for each sequence."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Connection, text

from bordereau.catalog.saving import Saved
from bordereau.errors import BordereauError
from bordereau.store import Database, TenantSession
from bordereau.tenancy import Actor
from bordereau.values.ids import TenantId

ResultT = TypeVar("ResultT")
CLERK = Actor.installation("clerk@exemple.example")

# Whatever an action may change; the audit trail too, because a refused action leaves no trace.
_TABLES = (
    "customer", "contract", "project", "ticket", "device", "backup_usage", "charge", "block_period",
    "batch", "batch_owner_choice", "batch_charge_choice", "invoice", "invoice_line", "invoice_tax",
    "allocation", "credited_item", "draft", "draft_line", "series", "invoice_fact",
    "status_change", "audit_event",
)  # fmt: skip
_ROWS = """\
select md5(string_agg(t::text, '|' order by t::text)) as print
from TABLE t where tenant_id = :tenant"""
_PRINTS = text(" union all ".join(_ROWS.replace("TABLE", table) for table in _TABLES))
_ID = "select id from TABLE where tenant_id = :tenant and code = :code"
_CHARGES = text("""\
select c.id, c.source_key as key, c.source_key like '%#%' as withdrawn, c.state, c.net, c.currency,
  c.chargeable, c.holds, c.ready_on, c.delayed_until, coalesce(k.code, p.code) as owner
from charge c
left join contract k on k.tenant_id = c.tenant_id and k.id = c.contract_id
left join project p on p.tenant_id = c.tenant_id and p.id = c.project_id
where c.tenant_id = :tenant""")
_INVOICES = text("""\
select i.id, i.kind, i.state, i.number, i.batch_id, i.currency, i.net, i.tax, i.total,
  i.issue_date, i.original_id, a.code as seller, u.code as customer,
  coalesce(parts.amounts, '{}') as amounts, coalesce(parts.live, '{}') as live
from invoice i
join administration a on a.tenant_id = i.tenant_id and a.id = i.administration_id
join customer u on u.tenant_id = i.tenant_id and u.id = i.customer_id
left join (
  select o.tenant_id, o.invoice_id, jsonb_object_agg(c.source_key, o.amount::text) as amounts,
    array_agg(c.source_key) filter (where o.live) as live
  from allocation o join charge c on c.tenant_id = o.tenant_id and c.id = o.charge_id
  where o.tenant_id = :tenant group by o.tenant_id, o.invoice_id
) as parts on parts.tenant_id = i.tenant_id and parts.invoice_id = i.id
where i.tenant_id = :tenant""")


class Interrupted(Exception):  # noqa: N818 - reads as what happened
    """Raised by a rule in the middle of an action, as a crash would end it."""


@dataclass
class StoredCharge:
    """A charge as the database has it."""

    id: UUID
    key: str
    withdrawn: bool
    state: str
    net: Decimal
    currency: str
    chargeable: bool
    holds: frozenset[str]
    ready_on: date
    delayed_until: date | None
    owner: str | None


@dataclass
class StoredInvoice:
    """An invoice as the database has it, with the amount that each charge adds to it."""

    id: UUID
    kind: str
    state: str
    number: str | None
    batch_id: UUID | None
    currency: str
    net: Decimal
    tax: Decimal
    total: Decimal
    issue_date: date
    original_id: UUID | None
    seller: str
    customer: str
    live: set[str]
    items: dict[str, Decimal]


@dataclass
class Desk:
    """Does an action and says how it ended; a refused action must leave everything as it was.

    `names` are the codes of contracts by the hex digits of their ids, for readable keys.
    """

    database: Database
    tenant_id: TenantId
    reader: Connection
    names: dict[str, str] = field(default_factory=dict)

    def plain(self, key: str) -> str:
        """Return the key of a charge with its contract's code, as before it was withdrawn."""
        parts = key.split("#", maxsplit=1)[0].split(":")
        return ":".join(self.names.get(part, part) for part in parts)

    def __post_init__(self) -> None:
        named = text("select set_config('app.tenant', :tenant, false)")
        self.reader.execute(named, {"tenant": str(self.tenant_id)})

    @staticmethod
    @contextmanager
    def reading(database: Database) -> Iterator[Connection]:
        """Open a connection to read with: it saves the round trips of a session for each query."""
        with database.engine.connect() as reader:
            reader.execution_options(isolation_level="AUTOCOMMIT")
            reader.detach()  # it names a tenant for good, so it never goes back to the pool
            yield reader

    def id_of(self, table: str, code: str) -> UUID:
        """Return the id that the product gave to a thing."""
        query = text(_ID.replace("TABLE", table))
        found: UUID = self.rows(query, code=code)[0].id
        return found

    def rows(self, query: Any, **values: object) -> list[Any]:
        """Read with one statement."""
        return list(self.reader.execute(query, {"tenant": self.tenant_id, **values}))

    def print(self) -> str:
        """Return a hash of everything that an action may change."""
        return "".join(str(row.print) for row in self.rows(_PRINTS))

    def do(self, expected: str, act: Callable[[TenantSession], ResultT]) -> ResultT | None:
        """Act in a transaction; it must end as predicted: well, or refused with this code."""

        def whole() -> ResultT:
            with self.database.tenant(self.tenant_id) as session:
                return act(session)

        return self.attempt(expected, whole)

    def attempt(
        self, expected: str, act: Callable[[], ResultT], *, keeps: bool = True
    ) -> ResultT | None:
        """Act in as many transactions as it takes; what is refused must leave all as it was."""
        result, code = None, ""
        before = self.print() if expected and keeps else ""
        try:
            result = act()
        except BordereauError as error:
            code = error.code
        assert code == expected, f"expected {expected or 'success'}, but got {code or 'success'}"
        if expected and keeps:
            assert self.print() == before, f"{code} changed something"
        return result

    def save(self, expected: str, act: Callable[[TenantSession], Saved]) -> Saved:
        """Save one record; a fault must be the predicted one and leave everything as it was."""
        before = self.print() if expected else ""
        with self.database.tenant(self.tenant_id) as session:
            saved = act(session)
        codes = [fault.code for fault in saved.faults]
        assert codes == ([expected] if expected else []), saved.faults
        if expected:
            assert self.print() == before, f"{expected} changed something"
        return saved

    def charges(self) -> list[StoredCharge]:
        """Return all charges."""
        return [
            StoredCharge(
                **{**row._mapping, "holds": frozenset(row.holds), "key": self.plain(row.key)}
            )
            for row in self.rows(_CHARGES)
        ]

    def invoices(self) -> list[StoredInvoice]:
        """Return all invoices."""
        found = []
        for row in self.rows(_INVOICES):
            values = dict(row._mapping)
            amounts = values.pop("amounts")
            items = {self.plain(key): Decimal(amount) for key, amount in amounts.items()}
            values["live"] = {self.plain(key) for key in values["live"]}
            found.append(StoredInvoice(**values, items=items))
        return found
