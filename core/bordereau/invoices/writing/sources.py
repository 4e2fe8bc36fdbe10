"""The charges behind the lines of a changed draft, and the amount that each of them keeps."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from bordereau.charges import Charge, release
from bordereau.invoices.composing.proposal import Billed, NewLine
from bordereau.invoices.composing.shares import shared_out
from bordereau.invoices.tables import Allocation, Invoice
from bordereau.store import TenantSession, among


class Source(NamedTuple):
    """A charge behind a line: its amount on the invoice now, and what it comes to by itself."""

    charge_id: UUID
    amount: Decimal
    net: Decimal
    surcharge_percent: Decimal | None


def with_sources(
    session: TenantSession, invoice: Invoice, lines: Sequence[NewLine], sign: int
) -> list[NewLine]:
    """Give lines the charges that stood behind them, and free those of lines that are gone."""
    behind: dict[UUID, list[Source]] = defaultdict(list)
    rows = session.execute(
        select(
            Allocation.line_id,
            Allocation.charge_id,
            Allocation.amount,
            Charge.net,
            Allocation.surcharge_percent,
        )
        .join(Charge, Charge.id == Allocation.charge_id)
        .where(Allocation.invoice_id == invoice.id)
        .order_by(Allocation.id)
    )
    for line_id, *source in rows:
        behind[line_id].append(Source._make(source))
    shared = []
    for line in lines:
        sources = behind.pop(line.id, []) if line.id else []
        amounts = _amounts(sources, sign * line.net, invoice.currency)
        billed = (
            Billed(one.charge_id, amount, one.surcharge_percent)
            for one, amount in zip(sources, amounts, strict=True)
        )
        shared.append(replace(line, sources=tuple(billed)))
    if gone := [one.charge_id for sources in behind.values() for one in sources]:
        release(session, among(Charge.id, gone))
    return shared


def _amounts(sources: Sequence[Source], total: Decimal, currency: str) -> list[Decimal]:
    """Share the total of a line out over its charges.

    A line that is not changed leaves them as they are, and one that is back at what its charges
    come to gives each its own; else they share in the proportion of what they come to.
    """
    now, nets = [one.amount for one in sources], [one.net for one in sources]
    for amounts in (now, nets):
        if sum(amounts) == total:
            return amounts
    return shared_out(nets if sum(nets) else now, total, currency)
