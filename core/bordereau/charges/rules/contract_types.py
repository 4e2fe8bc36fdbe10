"""The eight contract types and what each allows (A10).

The names are those of Atera's public API; its help pages describe the formulas.
"""

from enum import StrEnum

from bordereau.errors import Invalid
from bordereau.values.periods import BillingPeriod, Timing


class ContractType(StrEnum):
    """What a contract sells; the type decides the formula of its charges."""

    RETAINER_FLAT_FEE = "RetainerFlatFee"
    HOURLY = "Hourly"
    BLOCK_HOURS = "BlockHours"
    BLOCK_MONEY = "BlockMoney"
    REMOTE_MONITORING = "RemoteMonitoring"
    ONLINE_BACKUP = "OnlineBackup"
    PROJECT_ONE_TIME_FEE = "ProjectOneTimeFee"
    PROJECT_HOURLY_RATE = "ProjectHourlyRate"

    @property
    def is_block(self) -> bool:
        """Whether work is drawn from a balance bought beforehand."""
        return self in {ContractType.BLOCK_HOURS, ContractType.BLOCK_MONEY}

    @property
    def bills_once(self) -> bool:
        """Whether the contract is billed one single time."""
        return self in {ContractType.PROJECT_ONE_TIME_FEE, ContractType.PROJECT_HOURLY_RATE}

    @property
    def bills_time(self) -> bool:
        """Whether time entries are charged, or drawn from a block."""
        return self.is_block or self in {ContractType.HOURLY, ContractType.PROJECT_HOURLY_RATE}

    @property
    def has_fixed_fee(self) -> bool:
        """Whether there is a fee that work and usage do not change; only such may be in advance."""
        return self.is_block or self in {
            ContractType.RETAINER_FLAT_FEE,
            ContractType.PROJECT_ONE_TIME_FEE,
        }


class Component(StrEnum):
    """The part of a contract that a charge comes from."""

    FEE = "fee"
    USAGE = "usage"


def check_billing_period(contract_type: ContractType, kind: BillingPeriod) -> None:
    """Refuse billing on demand for anything but an hourly contract (A2).

    Raises:
        Invalid: PERIOD_NOT_ALLOWED.

    """
    if kind is BillingPeriod.ON_DEMAND and contract_type is not ContractType.HOURLY:
        raise Invalid(
            "PERIOD_NOT_ALLOWED",
            f"A contract of type {contract_type} cannot be billed on demand.",
            where="billing_period",
            hint="Choose another billing period, or the contract type Hourly.",
        )


def billing_period_of(contract_type: ContractType, kind: BillingPeriod) -> BillingPeriod:
    """Return the period that really applies: what is billed once has the whole contract as one."""
    return BillingPeriod.END_OF_CONTRACT_DURATION if contract_type.bills_once else kind


def timing_of(contract_type: ContractType, component: Component, fee_timing: Timing) -> Timing:
    """Return when a component is billed: fixed fees as the contract says, usage always after."""
    fixed = component is Component.FEE and contract_type.has_fixed_fee
    return fee_timing if fixed else Timing.ARREARS
