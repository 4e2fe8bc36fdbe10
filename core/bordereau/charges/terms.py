"""The fields of each contract type: what is stored in `contract.terms`, decimals as text.

The names are those of Atera's public API in snake case.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Self, TypeVar

from pydantic import Field, SerializerFunctionWrapHandler, WrapSerializer, model_validator

from bordereau.catalog.fields import Day, Name, PositiveAmount, Record, refusal
from bordereau.charges.rules.backup import BackupCountBy
from bordereau.charges.rules.blocks import OnExhausted
from bordereau.charges.rules.contract_types import ContractType
from bordereau.charges.rules.monitoring import CountBy, DeviceCount


def _plain(value: Decimal, _handler: SerializerFunctionWrapHandler) -> str:
    """Write 90.00 as 90, so that equal terms are stored alike."""
    return format(value.normalize(), "f")


Figure = Annotated[PositiveAmount, WrapSerializer(_plain, when_used="json")]
Rates = dict[Name, Figure]


class Terms(Record):
    """The base of all terms."""

    def stored(self) -> dict[str, Any]:
        """Return the terms as JSON keeps them."""
        return self.model_dump(mode="json")


Some = TypeVar("Some", bound=Terms)


def _renewable(terms: Some, on_exhausted: OnExhausted, column: str, size: Decimal) -> Some:
    """Refuse to renew a block of nothing: however often it is renewed, it covers no work."""
    if on_exhausted is OnExhausted.RENEW and not size:
        raise refusal(column, "VALUE_MISSING", "A block that is renewed holds more than 0.")
    return terms


class RatedTerms(Terms):
    """Terms of work that is paid by the hour; an entry may choose one of the additional rates."""

    primary_rate: Figure
    additional_rates: Rates = Field(default_factory=dict)


class FeeChange(Terms):
    """Another quantity or rate of a flat fee from a day on."""

    valid_from: Day
    quantity: Figure
    rate: Figure


class RetainerTerms(Terms):
    """A flat fee: quantity times rate in every period (Atera article 221005287).

    Quantity and rate count from the start of the contract, each of the `changes` from its day on;
    a period in which they change is prorated as the contract says.
    """

    quantity: Figure
    rate: Figure
    changes: tuple[FeeChange, ...] = ()

    @model_validator(mode="after")
    def _changes_once_a_day(self) -> Self:
        days = [one.valid_from for one in self.changes]
        if len(set(days)) < len(days):
            raise refusal("changes", "TWICE", "Two changes of the fee are of the same day.")
        return self


class HourlyTerms(RatedTerms):
    """Hours at their rates (221110468)."""


class BlockHoursTerms(Terms):
    """Hours bought beforehand (221144967)."""

    hours_included: Figure
    price_per_hour: Figure
    overage_rate: Figure
    commit_rollover: bool = False
    on_exhausted: OnExhausted = OnExhausted.OVERAGE

    @model_validator(mode="after")
    def _renews_something(self) -> Self:
        return _renewable(self, self.on_exhausted, "hours_included", self.hours_included)


class BlockMoneyTerms(RatedTerms):
    """Money paid beforehand and worked off (222522447)."""

    contract_amount: Figure
    overage_rate: Figure | None = None
    commit_rollover: bool = False
    on_exhausted: OnExhausted = OnExhausted.OVERAGE

    @model_validator(mode="after")
    def _renews_something(self) -> Self:
        return _renewable(self, self.on_exhausted, "contract_amount", self.contract_amount)


class MonitoringTerms(Terms):
    """A rate per device of one category (221145327)."""

    rate_per_device: Figure
    count_by: CountBy = CountBy.ALL
    device_count: DeviceCount = DeviceCount.NEXT_PERIOD


class BackupTerms(Terms):
    """A rate per gigabyte of one option (222458368)."""

    rate_per_gb: Figure
    count_by: BackupCountBy = BackupCountBy.BOTH


class ProjectFeeTerms(Terms):
    """One fee, billed once (221110528)."""

    total_amount: Figure


class ProjectHoursTerms(RatedTerms):
    """Hours at their rates, billed once (221110548)."""


TERMS: dict[ContractType, type[Terms]] = {
    ContractType.RETAINER_FLAT_FEE: RetainerTerms,
    ContractType.HOURLY: HourlyTerms,
    ContractType.BLOCK_HOURS: BlockHoursTerms,
    ContractType.BLOCK_MONEY: BlockMoneyTerms,
    ContractType.REMOTE_MONITORING: MonitoringTerms,
    ContractType.ONLINE_BACKUP: BackupTerms,
    ContractType.PROJECT_ONE_TIME_FEE: ProjectFeeTerms,
    ContractType.PROJECT_HOURLY_RATE: ProjectHoursTerms,
}


def read_terms(contract_type: ContractType, values: Mapping[str, Any]) -> Terms:
    """Read and check the terms of a contract type.

    Raises:
        pydantic.ValidationError: a field is missing, unknown, or cannot be read.

    """
    return TERMS[contract_type].model_validate(dict(values))
