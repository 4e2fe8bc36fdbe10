"""What tests of corrections share: contracts saved by records, and what corrects billed periods."""

from datetime import date
from typing import Any

from sqlalchemy import select
from tests.fixtures.books import Books

from bordereau.catalog.tables import Contract
from bordereau.charges import Charge, ContractRecord, mark_billed, rate, save_contracts
from bordereau.store import TenantSession

START = {"start": date(2026, 1, 1), "billing_period": "Monthly"}
FEE = {"type": "RetainerFlatFee", "terms": {"quantity": "1", "rate": "310"}}
DEVICES = {"type": "RemoteMonitoring", "terms": {"rate_per_device": "7", "count_by": "PC"}}
BACKUP = {"type": "OnlineBackup", "terms": {"rate_per_gb": "1"}}


class Agreement:
    """A contract that people save again and again, each time with something else."""

    def __init__(self, books: Books, session: TenantSession, **values: Any) -> None:
        """Save it first."""
        customer, administration = books.customer(), books.administration()
        self.session = session
        self.values: dict[str, Any] = {
            "code": "K",
            "name": "Care",
            "customer": customer.code,
            "administration": administration.code,
            "end": "2026-12-31",
            "tax_code": books.tax_code().code,
            **START,
            **values,
        }
        assert self.save().created == 1

    def save(self, **values: Any) -> Any:
        self.values |= values
        saved = save_contracts(self.session, {1: ContractRecord.model_validate(self.values)})
        assert saved.faults == []
        return saved

    def rate(self, until: date) -> None:
        rate(self.session, until=until)

    def bill(self, until: date) -> None:
        """Rate, and bill every period that began until a day."""
        self.rate(until)
        mark_billed(self.session, Charge.period_start <= until)

    @property
    def row(self) -> Contract:
        return self.session.scalars(select(Contract).where(Contract.code == "K")).one()


def corrections(session: TenantSession) -> list[tuple[str, str]]:
    """Start of the period and amount of each correction that is not withdrawn."""
    return _listed(session, Charge.kind == "adjustment")


def unbilled(session: TenantSession) -> list[tuple[str, str]]:
    """Start of the period and amount of what waits for a batch."""
    return _listed(session, Charge.state == "closed")


def _listed(session: TenantSession, *where: Any) -> list[tuple[str, str]]:
    session.expire_all()
    query = select(Charge.period_start, Charge.net).where(*where, ~Charge.source_key.contains("#"))
    found = session.execute(query.order_by(Charge.period_start, Charge.source_key))
    return [(f"{start:%d %b}", str(net.normalize() + 0)) for start, net in found]
