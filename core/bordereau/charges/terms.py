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


_REACH = 10**12  # what one charge costs at most; the columns of amounts hold a hundred times that
Figure = Annotated[PositiveAmount, WrapSerializer(_plain, when_used="json")]
Rate = Annotated[PositiveAmount, Field(lt=10**9), WrapSerializer(_plain, when_used="json")]
Rates = dict[Name, Rate]


class Terms(Record):
    """The base of all terms."""

    def stored(self) -> dict[str, Any]:
        """Return the terms as JSON keeps them."""
        return self.model_dump(mode="json")


Some = TypeVar("Some", bound=Terms)


def _renewable(terms: Some, on_exhausted: OnExhausted, column: str, least: str) -> Some:
    """Refuse to renew a block of nothing: however often it is renewed, it covers no work.

    Args:
        terms: the terms of the block.
        on_exhausted: what follows the end of its balance.
        column: what says how much the block holds.
        least: the least that it has to hold, as text.

    """
    if on_exhausted is OnExhausted.RENEW and getattr(terms, column) < Decimal(least):
        said = f"A block that is renewed holds {least} or more."
        raise refusal(column, "VALUE_MISSING", said)
    return terms


def _check_reach(column: str, quantity: Decimal, rate: Decimal) -> None:
    """Refuse a fee that no charge can hold: rating would stop at it."""
    if quantity * rate >= _REACH:
        raise refusal(column, "TOO_LARGE", f"{quantity} times {rate} is too large for a charge.")


class RatedTerms(Terms):
    """Terms of work that is paid by the hour; an entry may choose one of the additional rates."""

    primary_rate: Rate
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
    def _can_be_charged(self) -> Self:
        _check_reach("rate", self.quantity, self.rate)
        for one in self.changes:
            _check_reach("changes", one.quantity, one.rate)
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
    overage_rate: Rate
    commit_rollover: bool = False
    on_exhausted: OnExhausted = OnExhausted.OVERAGE

    @model_validator(mode="after")
    def _can_be_charged(self) -> Self:
        _check_reach("price_per_hour", self.hours_included, self.price_per_hour)
        return _renewable(self, self.on_exhausted, "hours_included", "0.01")


class BlockMoneyTerms(RatedTerms):
    """Money paid beforehand and worked off (222522447)."""

    contract_amount: Figure
    overage_rate: Rate | None = None
    commit_rollover: bool = False
    on_exhausted: OnExhausted = OnExhausted.OVERAGE

    @model_validator(mode="after")
    def _renews_something(self) -> Self:
        return _renewable(self, self.on_exhausted, "contract_amount", "1")


class MonitoringTerms(Terms):
    """A rate per device of one category (221145327)."""

    rate_per_device: Rate
    count_by: CountBy = CountBy.ALL
    device_count: DeviceCount = DeviceCount.NEXT_PERIOD


class BackupTerms(Terms):
    """A rate per gigabyte of one option (222458368)."""

    rate_per_gb: Rate
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
