"""Charges chosen for an act: those that are named, or exactly those that match a filter.

Every act tells what became of each line.
"""

from collections.abc import Callable
from typing import Self

from fastapi import Response
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import ColumnElement

from bordereau.catalog.tables import Contract, Customer, Project, Ticket
from bordereau.charges import Charge, LineResult
from bordereau.store import Entity, TenantSession, among
from bordereau.tenancy import today
from bordereau_api.rest.call import Call
from bordereau_api.rest.charges import ChargesShown, wanted
from bordereau_api.rest.requirements import must_exist
from bordereau_api.rest.shapes import ChargeId, Shape

MANY = 1_000
Conditions = list[ColumnElement[bool]]
OWNERS: dict[str, type[Entity]] = {
    "customer": Customer,
    "contract": Contract,
    "project": Project,
    "ticket": Ticket,
}


class Which(Shape):
    """Which charges: those named, or all that match a filter; exactly one of the two."""

    charges: list[ChargeId] = Field(default_factory=list, max_length=MANY)
    filter: ChargesShown | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.filter is None) != bool(self.charges):
            raise PydanticCustomError("CHOOSE_ONE", "Name charges or a filter: one of the two.")
        return self


class ChargeResultOut(Shape):
    """What became of a charge; without a code it was done."""

    id: ChargeId
    state: str
    code: str
    message: str


class LinesOut(Shape):
    """What became of the charges; the list begins with those refused and has 1,000 at most."""

    done: int
    refused: int
    lines: list[ChargeResultOut]


def act_on(
    call: Call, body: Which, act: Callable[[TenantSession, Conditions], list[LineResult]]
) -> Response:
    """Do something with the chosen charges, and answer what became of each."""

    def work(session: TenantSession) -> LinesOut:
        results = act(session, _conditions(session, body))
        refused = [one for one in results if one.code]
        shown = [*refused, *(one for one in results if not one.code)][:MANY]
        return LinesOut(
            done=len(results) - len(refused),
            refused=len(refused),
            lines=[ChargeResultOut.model_validate(one) for one in shown],
        )

    return call.once(work, 200)


def _conditions(session: TenantSession, body: Which) -> Conditions:
    if body.filter is None:
        must_exist(session, Charge, body.charges, "charge")
        return [among(Charge.id, body.charges)]
    for name, model in OWNERS.items():
        if (id_ := getattr(body.filter, name)) is not None:
            must_exist(session, model, [id_], name)
    return list(wanted(body.filter, today(session)))
