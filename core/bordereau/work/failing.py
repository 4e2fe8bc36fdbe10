"""What an error means for work: whether it passes by itself, and what may be said about it."""

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

# Connections (08), a server that is full (53) or is being restarted (57), two that met (40).
_PASSING = ("08", "53", "57", "40001", "40P01", "25P03")
_ASKED_FOR = "57014"  # a statement that was stopped on purpose, for example for taking too long


def passes(error: Exception) -> bool:
    """Say whether the database may well accept the same transaction a little later.

    That is so for a lost connection, a restart, a full disk and a deadlock: the engine books again
    for as long as it takes. All else, like a constraint or a value, will fail again.
    """
    if not isinstance(error, DBAPIError):
        return False
    state: str | None = getattr(error.orig, "sqlstate", None)
    if error.connection_invalidated:
        return True
    if state is None:  # the server said nothing: it was not reached, or the value never left
        return isinstance(error, (OperationalError, InterfaceError))
    return state.startswith(_PASSING) and state != _ASKED_FOR


def code_of(error: Exception) -> str:
    """Return the stable code of an error, or the name of its class."""
    code = getattr(error, "code", None)
    return code if isinstance(code, str) and code.isupper() else type(error).__name__
