"""Ids of a kind and a number, so that floors can name rows without asking for them."""

from uuid import UUID

_CUSTOMER, _CONTRACT, _TICKET, _CHARGE = 1, 2, 3, 4
_INVOICE, _LINE, _ALLOCATION = 11, 12, 13
_ROOM = 8  # charges per customer, or lines per invoice, that an id leaves room for


def customer_id(number: int) -> UUID:
    """Return the id of a customer."""
    return _id(_CUSTOMER, number)


def contract_id(number: int) -> UUID:
    """Return the id of a customer's contract."""
    return _id(_CONTRACT, number)


def ticket_id(number: int) -> UUID:
    """Return the id of a customer's ticket."""
    return _id(_TICKET, number)


def charge_id(number: int, position: int) -> UUID:
    """Return the id of a charge by the position of its line; that of the fee is the first."""
    return _id(_CHARGE, number * _ROOM + position)


def invoice_id(number: int) -> UUID:
    """Return the id of an invoice of the floor."""
    return _id(_INVOICE, number)


def line_id(number: int, position: int) -> UUID:
    """Return the id of a line of an invoice of the floor."""
    return _id(_LINE, number * _ROOM + position)


def allocation_id(number: int, position: int) -> UUID:
    """Return the id of what binds that line to its charge."""
    return _id(_ALLOCATION, number * _ROOM + position)


def _id(kind: int, number: int) -> UUID:
    return UUID(int=kind << 96 | number)
