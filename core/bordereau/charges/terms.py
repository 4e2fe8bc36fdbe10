"""The fields of each contract type: what is stored in `contract.terms`, decimals as text.

The names are those of Atera's public API in snake case.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, SerializerFunctionWrapHandler, WrapSerializer

from bordereau.catalog.fields import Name, PositiveAmount, Record
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


class RatedTerms(Terms):
    """Terms of work that is paid by the hour; an entry may choose one of the additional rates."""

    primary_rate: Figure
    additional_rates: Rates = Field(default_factory=dict)


class RetainerTerms(Terms):
    """A flat fee: quantity times rate in every period (Atera article 221005287)."""

    quantity: Figure
    rate: Figure


class HourlyTerms(RatedTerms):
    """Hours at their rates (221110468)."""


class BlockHoursTerms(Terms):
    """Hours bought beforehand (221144967)."""

    hours_included: Figure
    price_per_hour: Figure
    overage_rate: Figure
    commit_rollover: bool = False
    on_exhausted: OnExhausted = OnExhausted.OVERAGE


class BlockMoneyTerms(RatedTerms):
    """Money paid beforehand and worked off (222522447)."""

    contract_amount: Figure
    overage_rate: Figure | None = None
    commit_rollover: bool = False
    on_exhausted: OnExhausted = OnExhausted.OVERAGE


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
