"""The trial balance: what every account had before a period, the period, and after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import InstrumentedAttribute

from bordereau.ledger.tables import LedgerEntry, LedgerItem
from bordereau.store import TenantSession
from bordereau.values.money import round_amount


@dataclass(frozen=True, slots=True)
class Balance:
    """An account in one currency: what it had before the period, the period, and after it.

    Balances are debit less credit.
    """

    account: str
    currency: str
    opening: Decimal
    debit: Decimal
    credit: Decimal

    @property
    def closing(self) -> Decimal:
        """What the account has at the end of the period."""
        return self.opening + self.debit - self.credit


def trial_balance(
    session: TenantSession, administration_id: UUID, *, first: date, last: date
) -> Sequence[Balance]:
    """Return every account of an administration from one entry date to another, both included.

    In each currency debits equal credits, and the opening and closing balances sum to 0.
    """
    before = LedgerEntry.entry_date < first

    def within(column: InstrumentedAttribute[Decimal]) -> ColumnElement[Any]:
        return func.sum(case((before, 0), else_=column))

    balance = LedgerItem.debit - LedgerItem.credit
    query = (
        select(
            LedgerItem.account,
            LedgerEntry.currency,
            func.sum(case((before, balance), else_=0)),
            within(LedgerItem.debit),
            within(LedgerItem.credit),
        )
        .join(LedgerEntry, LedgerEntry.id == LedgerItem.entry_id)
        .where(LedgerEntry.administration_id == administration_id, LedgerEntry.entry_date <= last)
        .group_by(LedgerItem.account, LedgerEntry.currency)
        .order_by(LedgerItem.account, LedgerEntry.currency)
    )
    return [
        Balance(account, currency, *(round_amount(amount, currency) for amount in amounts))
        for account, currency, *amounts in session.execute(query)
    ]
