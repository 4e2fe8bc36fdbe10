"""Live totals of a batch (rows A13 to A19): what the present selection would make, per currency.

Two statements, however large the batch is. A test holds them together with what a run makes.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from bordereau.batches.proposed_totals import counts_of_invoices, totals_of_invoices
from bordereau.batches.selected_totals import totals_of_selection
from bordereau.batches.tables import Batch
from bordereau.store import TenantSession
from bordereau.tenancy.tables import Administration
from bordereau.values.money import minor_unit


@dataclass(frozen=True, slots=True)
class CurrencyTotals:
    """The totals of one currency.

    Attributes:
        invoices: how many would be created (A13).
        billable: before tax, with surcharges (A16).
        surcharge: the part of it that surcharge lines make.
        tax: the sum of the taxes of the invoices (A17).
        total: billable amount and tax (A19).

    """

    currency: str
    invoices: int
    billable: Decimal
    surcharge: Decimal
    tax: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """The details of a batch.

    Attributes:
        tickets: distinct tickets with something in the batch that is not yet billed (A14).
        minutes: exact minutes worked, before any rounding (A15).
        charges: how many are selected.

    """

    charges: int
    tickets: int
    minutes: int
    currencies: tuple[CurrencyTotals, ...]

    @property
    def invoices(self) -> int:
        """How many invoices would be created, in all currencies."""
        return sum(one.invoices for one in self.currencies)


def totals(session: TenantSession, batch: Batch) -> Totals:
    """Return the totals of what is selected now, or of the invoices once the batch is run."""
    if batch.state == "selecting":
        rows = session.execute(totals_of_selection(batch, by_line=_by_line(session))).all()
        counts = rows[0] if rows else None
    else:
        rows = session.execute(totals_of_invoices(batch)).all()
        counts = session.execute(counts_of_invoices(batch)).one()
    return Totals(
        charges=int(counts.charges) if counts else 0,
        tickets=counts.tickets if counts else 0,
        minutes=int(counts.minutes) if counts else 0,
        currencies=tuple(_of_currency(row) for row in rows),
    )


def _by_line(session: TenantSession) -> bool:
    """Say whether any administration rounds its tax line by line."""
    per_line = select(Administration.id).where(Administration.tax_policy == "line").limit(1)
    return session.scalar(per_line) is not None


def _of_currency(row: Any) -> CurrencyTotals:
    unit = Decimal(1).scaleb(-minor_unit(row.currency))
    net, surcharge, tax = (one.quantize(unit) for one in (row.net, row.surcharge, row.tax))
    return CurrencyTotals(row.currency, row.invoices, net, surcharge, tax, net + tax)
