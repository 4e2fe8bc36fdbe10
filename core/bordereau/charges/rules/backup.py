"""Online backup: a rate per gigabyte of one option (Atera article 222458368)."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from bordereau.values.money import round_amount


class BackupCountBy(StrEnum):
    """Whose backups a contract counts; a contract has one option."""

    PCS = "PCs"
    SERVERS = "Servers"
    BOTH = "Both"


@dataclass(frozen=True, slots=True)
class BackupUsage:
    """The gigabytes that one machine stored in the period."""

    gigabytes: Decimal
    is_server: bool


@dataclass(frozen=True, slots=True)
class BackupCharge:
    """How many gigabytes counted, and what they cost."""

    gigabytes: Decimal
    amount: Decimal


def backup_charge(
    usages: Iterable[BackupUsage], rate: Decimal, count_by: BackupCountBy, currency: str
) -> BackupCharge:
    """Return the charge for the gigabytes of one period, rounded once on their sum."""
    wanted = {BackupCountBy.PCS: False, BackupCountBy.SERVERS: True}.get(count_by)
    counted = (one.gigabytes for one in usages if wanted is None or one.is_server is wanted)
    gigabytes = sum(counted, Decimal(0))
    return BackupCharge(gigabytes, round_amount(gigabytes * rate, currency))
