"""Whether the service lives, and whether it is ready to serve."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from bordereau.errors import SetupError
from bordereau_api.wiring import House

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """Said while the process answers at all."""

    status: Literal["ok"] = "ok"


def _house(request: Request) -> House:
    house: House = request.app.state.house
    return house


@router.get("/health")
def live() -> Health:
    """Say that the process answers; it looks at nothing else."""
    return Health()


@router.get("/ready")
def ready(house: Annotated[House, Depends(_house)]) -> Health:
    """Say that requests can be served: the database answers."""
    try:
        with house.database.operator() as session:
            session.execute(select(1))
    except SQLAlchemyError as error:
        raise SetupError(
            "DATABASE_UNREACHABLE",
            "The database does not answer.",
            hint="Look whether it runs; `bordereau doctor` says more.",
        ) from error
    return Health()
