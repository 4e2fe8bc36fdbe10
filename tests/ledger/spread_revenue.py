"""What tests of spread revenue share: a line spread over three months, and what was refused."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bordereau.errors import BordereauError
from bordereau.ledger import parts_of, spread

NOVEMBER, DECEMBER, JANUARY = date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)


def code_of(act: Any, kind: type[BordereauError] = BordereauError) -> str:
    with pytest.raises(kind) as caught:
        act()
    return caught.value.code


def amounts(ledger: Any, spread_id: Any) -> list[Decimal]:
    return [part.amount for part in parts_of(ledger.shop.session, spread_id)]


def spread_out(ledger: Any, net: str = "1000", **values: Any) -> Any:
    line = ledger.line(net)
    values = {"first": NOVEMBER, "last": JANUARY, "actor": ledger.keeper} | values
    return spread(ledger.shop.session, line.id, **values)
