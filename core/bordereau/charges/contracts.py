"""Adding and changing contracts; their unbilled charges follow."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Self
from uuid import UUID

from pydantic import Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import delete, select

from bordereau.catalog.fields import Code, Name, Record, Words
from bordereau.catalog.saving import Guard, Row, Saved, among, lock, resolve, upsert
from bordereau.catalog.services import ADMINISTRATION, CUSTOMER, TAX_CODE, rows_of
from bordereau.catalog.tables import Contract
from bordereau.charges.holds import refresh_holds
from bordereau.charges.moving import move_with_contracts
from bordereau.charges.rules.contract_types import ContractType, check_billing_period
from bordereau.charges.rules.late import LatePolicy
from bordereau.charges.states import state_in
from bordereau.charges.tables import COMPUTED, UNBILLED, Charge
from bordereau.charges.terms import read_terms
from bordereau.errors import Invalid
from bordereau.store import TenantSession
from bordereau.values.periods import BillingPeriod, Proration, Timing, add_months
from bordereau.values.quantity import RoundingDirection, RoundingScope

_TERM = 36  # months
_REFERENCES = (CUSTOMER, ADMINISTRATION, TAX_CODE)
_FIXED_ONCE_BILLED = {"customer_id", "administration_id", "type", "start", "billing_period"}
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
            raise PydanticCustomError(error.code, "{said}", {"said": error.message}) from error
        if self.timing is Timing.ADVANCE and not self.type.has_fixed_fee:
            raise PydanticCustomError(
                "TIMING_NOT_ALLOWED", "Only a fixed fee can be billed in advance."
            )
        if self.end is not None and self.end < self.start:
            raise PydanticCustomError("END_BEFORE_START", "The contract ends before it starts.")
        if self.taxable and self.tax_code is None:
            raise PydanticCustomError("TAX_CODE_MISSING", "A taxable contract needs a tax code.")
        try:
            terms = read_terms(self.type, self.terms).stored()
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            said = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
            raise PydanticCustomError("BAD_TERMS", "{said}", {"said": said}) from error
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
    cut: list[UUID] = []
    saved = upsert(session, Contract, rows, given, guard=_guard(session, rows, cut))
    saved.faults += faults
    if cut:
        session.execute(
            delete(Charge).where(
                among(Charge.contract_id, cut),
                among(Charge.kind, COMPUTED),
                state_in(*UNBILLED),
                Charge.parent_id.is_(None),
            )
        )
    if saved.changed:
        move_with_contracts(session, cut)
        refresh_holds(session, contract_ids=saved.ids)
    return saved


def _guard(session: TenantSession, rows: Mapping[int, Row], cut: list[UUID]) -> Guard:
    """Refuse to change what invoices stand on; note contracts whose charges move in `cut`."""
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

    def guard(old: Mapping[str, Any], changes: Mapping[str, Any]) -> tuple[str, str] | None:
        fixed = sorted(_FIXED_ONCE_BILLED & set(changes))
        if fixed and (found := taken.get(old["id"])):
            code = "RECORD_BILLED" if "billed" in found else "RECORD_RESERVED"
            return code, f"Invoices stand on this contract, so {', '.join(fixed)} cannot change."
        if _MOVES_CHARGES & set(changes):
            cut.append(old["id"])
        return None

    return guard
