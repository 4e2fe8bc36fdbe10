"""States in statements, written out so that the partial indexes of charges are used."""

from sqlalchemy import BindParameter, ColumnElement, bindparam

from bordereau.charges.tables import Charge


def state_in(*states: str) -> ColumnElement[bool]:
    """Say that a charge is in one of these states."""
    written_out: BindParameter[list[str]] = bindparam(
        "state", list(states), expanding=True, literal_execute=True, unique=True
    )
    return Charge.state.in_(written_out)
