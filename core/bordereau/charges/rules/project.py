"""Projects of the contract kind: billed one single time (Atera articles 221110528, 221110548)."""

from collections.abc import Iterable
from decimal import Decimal

from bordereau.charges.rules.contract_types import ContractType
from bordereau.charges.rules.hourly import TimedWork, hourly_total
from bordereau.values.money import round_amount


def project_fee(total_amount: Decimal, currency: str) -> Decimal:
    """Return the fee of a project with a one-time fee, whatever time it took."""
    return round_amount(total_amount, currency)


def project_hours(entries: Iterable[TimedWork], currency: str) -> Decimal:
    """Return what the hours of a project cost; they are billed together, once."""
    return hourly_total(entries, currency)


def is_spent(contract_type: ContractType, *, charge_billed: bool, contract_billed: bool) -> bool:
    """Say whether a charge counts as billed: itself, or because its contract is billed only once.

    Args:
        contract_type: the type of the contract.
        charge_billed: an invoice has the charge, and no credit gave it back.
        contract_billed: an invoice has any charge of the contract, not given back.

    """
    return charge_billed or (contract_type.bills_once and contract_billed)
