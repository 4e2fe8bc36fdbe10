"""What charging needs to know of contracts and projects, read for many at once."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from bordereau.charges.rules.contract_types import ContractType
from bordereau.charges.rules.hourly import rate_named
from bordereau.charges.rules.late import LatePolicy
from bordereau.charges.terms import RatedTerms, Terms
from bordereau.values.periods import BillingPeriod, Period, Proration, Timing, period_of
from bordereau.values.quantity import TimeRounding


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """Who bills whom, in which currency: that of the customer, else the administration's."""

    administration_id: UUID
    customer_id: UUID | None
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractFacts(Payer):
    """A contract, ready for computing."""

    id: UUID
    code: str
    name: str
    type: ContractType
    start: date
    end: date
    billing_period: BillingPeriod
    timing: Timing
    proration: Proration
    tax_code_id: UUID | None
    terms: Terms
    rounding: TimeRounding
    late_policy: LatePolicy
    active: bool

    def period_of(self, day: date) -> Period | None:
        """Return the billing period of a day; None outside the contract, or on demand."""
        return period_of(day, self.start, self.end, self.billing_period)

    def covers(self, day: date) -> bool:
        """Say whether the contract runs on this day."""
        return self.start <= day <= self.end

    def hour_rate(self, name: str) -> Decimal:
        """Return the rate of an hour of work; 0 where the contract's fee or block covers it.

        Raises:
            Invalid: RATE_UNKNOWN.

        """
        if self.type is ContractType.BLOCK_MONEY or not isinstance(self.terms, RatedTerms):
            return Decimal(0)
        return self.worth(name)

    def worth(self, name: str) -> Decimal:
        """Return what an hour is worth at a named rate, also where a block of money covers it.

        Raises:
            Invalid: RATE_UNKNOWN.

        """
        if not isinstance(self.terms, RatedTerms):
            return rate_named(Decimal(0), {}, name or None)
        return rate_named(self.terms.primary_rate, self.terms.additional_rates, name or None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFacts(Payer):
    """A project, ready for recording cost lines."""

    id: UUID
    code: str
    charge: bool
    may_deviate: bool
    approval_required: bool
