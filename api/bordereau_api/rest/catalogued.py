"""What all things of the catalog share: they are listed, read, and saved by their code.

Answers name other things by their codes, as records do, so that what was read can be sent back.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from inspect import isclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from fastapi import Response
from sqlalchemy import ColumnElement, or_, select

from bordereau.catalog import Record, Saved
from bordereau.errors import NotFound
from bordereau.store import TenantSession
from bordereau.values.ids import public_id
from bordereau_api.rest.call import Call
from bordereau_api.rest.paging import Paging, page
from bordereau_api.rest.problems import refuse_faults
from bordereau_api.rest.shapes import Page

OutT = TypeVar("OutT", bound=Record)
CREATED, OK = 201, 200


@dataclass(frozen=True, slots=True)
class Catalogued(Generic[OutT]):
    """One kind of thing.

    Attributes:
        kind: what people call it.
        prefix: of its ids.
        model: its table.
        out: how it is answered: the fields of its record, and its id.
        save: adds or changes it by its code.
        references: tables by the fields that name a thing in them.

    """

    kind: str
    prefix: str
    model: Any
    out: type[OutT]
    save: Callable[[TenantSession, Mapping[int, Any]], Saved]
    references: Mapping[str, Any]

    def page(self, call: Call, paged: Paging, text: str, *where: ColumnElement[bool]) -> Page[OutT]:
        """Return a page in the order of the codes; `text` is a part of code or name."""
        query = select(self.model).where(*where)
        if text:
            named = getattr(self.model, "name", None)
            places = (self.model.code, self.model.title if named is None else named)
            query = query.where(or_(*(one.icontains(text, autoescape=True) for one in places)))
        with call.session() as session:
            found = page(session, query, [self.model.code], paged, lambda row: row)
            return Page(
                data=self.shown(session, found.data),
                has_more=found.has_more,
                next_cursor=found.next_cursor,
            )

    def get(self, session: TenantSession, id_: UUID) -> OutT:
        """Return one.

        Raises:
            NotFound: the tenant has no such thing.

        """
        row = session.get(self.model, (session.tenant_id, id_), populate_existing=True)
        if row is None:
            raise NotFound(self.kind, public_id(self.prefix, id_))
        return self.shown(session, [row])[0]

    def put(self, call: Call, record: Record) -> Response:
        """Add a thing, or change the one with its code; answers 201 or 200."""
        with_status: list[int] = []

        def work(session: TenantSession) -> OutT:
            saved = self.save(session, {1: record})
            refuse_faults(saved.faults)
            with_status.append(CREATED if saved.created else OK)
            query = select(self.model).where(self.model.code == getattr(record, "code"))  # noqa: B009
            row = session.scalars(query.execution_options(populate_existing=True)).one()
            return self.shown(session, [row])[0]

        return call.once(work, lambda: with_status[0])

    def shown(self, session: TenantSession, rows: Iterable[Any]) -> list[OutT]:
        """Return rows as they are answered."""
        found = list(rows)
        codes = {
            name: _codes(session, model, {getattr(row, f"{name}_id") for row in found})
            for name, model in self.references.items()
        }
        return [self._one(row, codes) for row in found]

    def _one(self, row: Any, codes: Mapping[str, Mapping[UUID | None, str]]) -> OutT:
        """Show a row as it is stored; what was allowed once is not judged again."""
        values: dict[str, Any] = {
            name: codes[name][getattr(row, f"{name}_id")]
            if name in codes
            else _shown(getattr(row, name), field.annotation)
            for name, field in self.out.model_fields.items()
        }
        return self.out.model_construct(**values)


def _codes(session: TenantSession, model: Any, ids: Collection[UUID | None]) -> Any:
    found = session.execute(select(model.id, model.code).where(model.id.in_(ids - {None})))  # type: ignore[operator]
    return defaultdict(lambda: None, {row.id: row.code for row in found})


def _shown(value: Any, kind: Any) -> Any:
    """Write 20.000000 as 20, and a stored word as the member of its enumeration."""
    if isinstance(value, Decimal):
        return value.normalize() + 0
    return kind(value) if isclass(kind) and issubclass(kind, Enum) else value
