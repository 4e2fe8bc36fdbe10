"""Adding and changing contracts; their unbilled charges follow."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Self
from uuid import UUID

from pydantic import Field, ValidationError, model_validator
from sqlalchemy import and_, delete, select

from bordereau.catalog.fields import Code, Name, Record, Words, refusal
from bordereau.catalog.saving import Guard, Row, Saved, among, lock, resolve, upsert
from bordereau.catalog.services import ADMINISTRATION, CUSTOMER, TAX_CODE, rows_of
from bordereau.catalog.tables import Contract
from bordereau.charges.holds import refresh_holds
from bordereau.charges.moving import move_with_contracts
from bordereau.charges.rules.contract_types import ContractType, check_billing_period
from bordereau.charges.rules.late import LatePolicy
from bordereau.charges.states import state_in
from bordereau.charges.tables import COMPUTED, BlockPeriod, Charge
from bordereau.charges.terms import read_terms
from bordereau.charges.withdrawing import withdraw
from bordereau.errors import Invalid
from bordereau.store import TenantSession
from bordereau.values.periods import BillingPeriod, Proration, Timing, add_months
from bordereau.values.quantity import RoundingDirection, RoundingScope

_TERM = 36  # months
_REFERENCES = (CUSTOMER, ADMINISTRATION, TAX_CODE)
_FIXED_ONCE_BILLED = {"customer_id", "administration_id", "type", "start", "billing_period"}
_CUTS_PERIODS = {"type", "start", "billing_period"}
_MOVES_CHARGES = _FIXED_ONCE_BILLED | {"end", "tax_code_id"}


class ContractRecord(Record):
    """A contract; without an end it runs for three years."""

    code: Code
    name: Name
    customer: Code
    administration: Code
    type: ContractType
    start: date
    end: date | None = None
    billing_period: BillingPeriod
    timing: Timing = Timing.ARREARS
    prorate: Proration = Proration.NONE
    taxable: bool = True
    tax_code: Code | None = None
    terms: dict[str, Any]
    time_step: int = Field(default=0, ge=0, le=1440)
    time_direction: RoundingDirection = RoundingDirection.UP
    time_minimum: int = Field(default=0, ge=0, le=1440)
    time_scope: RoundingScope = RoundingScope.ENTRY
    late_policy: LatePolicy = LatePolicy.BILL_NEXT
    order_reference: Words = ""
    active: bool = True

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        """Refuse what the type does not allow (rows A2, A10)."""
        try:
            check_billing_period(self.type, self.billing_period)
        except Invalid as error:
            raise refusal("billing_period", error.code, error.message) from error
        if self.timing is Timing.ADVANCE and not self.type.has_fixed_fee:
            said = "Only a fixed fee can be billed in advance."
            raise refusal("timing", "TIMING_NOT_ALLOWED", said)
        if self.end is not None and self.end < self.start:
            raise refusal("end", "END_BEFORE_START", "The contract ends before it starts.")
        if self.taxable and self.tax_code is None:
            said = "A taxable contract needs a tax code."
            raise refusal("tax_code", "TAX_CODE_MISSING", said)
        try:
            terms = read_terms(self.type, self.terms).stored()
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            column = ".".join(map(str, first["loc"]))
            raise refusal(column, "BAD_TERMS", f"{column}: {first['msg']}.") from error
        self.terms.clear()
        self.terms.update(terms)
        return self

    @property
    def last_day(self) -> date:
        """The end that was given, or three years after the start."""
        return self.end or add_months(self.start, _TERM) - timedelta(days=1)


def save_contracts(session: TenantSession, records: Mapping[int, ContractRecord]) -> Saved:
    """Add or change contracts by their code.

    Customer, administration, type, start and billing period stay once something was billed or is
    reserved. Computed charges that are not billed yet are computed anew by the next rating.
    """
    lock(session, "charge")
    rows, given = rows_of(records, _REFERENCES)
    for line, record in records.items():
        rows[line]["end"] = record.last_day
    faults = resolve(session, rows, _REFERENCES)
    changes: dict[UUID, set[str]] = {}
    saved = upsert(session, Contract, rows, given, guard=_guard(session, rows, changes))
    saved.faults += faults
    if changes:
        _let_charges_follow(session, changes)
    return saved


def _let_charges_follow(session: TenantSession, changes: Mapping[UUID, set[str]]) -> None:
    """Withdraw what was cut into other periods, and move recorded work along."""
    cut = [one for one, names in changes.items() if names & _CUTS_PERIODS]
    if cut:
        withdraw(session, and_(among(Charge.contract_id, cut), among(Charge.kind, COMPUTED)))
    if moved := [one for one, names in changes.items() if names & _MOVES_CHARGES]:
        stale = and_(among(BlockPeriod.contract_id, moved), ~BlockPeriod.settled)
        session.execute(
            delete(BlockPeriod).where(stale), execution_options={"synchronize_session": False}
        )
        move_with_contracts(session, moved)
    refresh_holds(session, contract_ids=changes)


def _guard(session: TenantSession, rows: Mapping[int, Row], changes: dict[UUID, set[str]]) -> Guard:
    """Refuse to change what invoices stand on; note in `changes` what changes by contract."""
    states = (
        select(Charge.contract_id, Charge.state)
        .join(Contract, Contract.id == Charge.contract_id)
        .where(
            among(Contract.code, [row["code"] for row in rows.values()]),
            state_in("reserved", "billed"),
        )
        .distinct()
    )
    taken: dict[UUID | None, set[str]] = {}
    for contract_id, state in session.execute(states):
        taken.setdefault(contract_id, set()).add(state)

    def guard(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, str] | None:
        fixed = sorted(_FIXED_ONCE_BILLED & set(new))
        if fixed and (found := taken.get(old["id"])):
            code = "RECORD_BILLED" if "billed" in found else "RECORD_RESERVED"
            return code, f"Invoices stand on this contract, so {', '.join(fixed)} cannot change."
        changes[old["id"]] = set(new)
        return None

    return guard
