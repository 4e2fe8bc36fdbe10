"""Adding and changing contracts; their unbilled charges follow."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Self
from uuid import UUID

from pydantic import Field, ValidationError, model_validator
from sqlalchemy import and_, delete, exists, or_, select

from bordereau.catalog.fields import Code, Day, Name, Record, Words, refusal
from bordereau.catalog.saving import Guard, Row, Saved, lock, resolve, upsert
from bordereau.catalog.services import ADMINISTRATION, CUSTOMER, TAX_CODE, rows_of
from bordereau.catalog.tables import Contract
from bordereau.charges.blocks.drawing import draw_at_once
from bordereau.charges.blocks.waiting import is_settled
from bordereau.charges.holds import refresh_holds
from bordereau.charges.owner_reading import contracts_by_id
from bordereau.charges.owners import ContractFacts
from bordereau.charges.rating.changes import Change
from bordereau.charges.rating.correcting import correct_billed
from bordereau.charges.rating.cutting import withdraw_computed
from bordereau.charges.rating.following import follow_at_once
from bordereau.charges.rating.writing import correct_block_fees
from bordereau.charges.recording.moving import move_with_contracts
from bordereau.charges.rules.contract_types import ContractType, check_billing_period
from bordereau.charges.rules.late import LatePolicy
from bordereau.charges.states import state_in
from bordereau.charges.tables import UNBILLED, BlockPeriod, Charge
from bordereau.charges.terms import read_terms
from bordereau.errors import Invalid
from bordereau.store import TenantSession, among
from bordereau.values.periods import BillingPeriod, Proration, Timing, add_months
from bordereau.values.quantity import RoundingDirection, RoundingScope

_TERM = 36  # months
_REFERENCES = (CUSTOMER, ADMINISTRATION, TAX_CODE)
_FIXED_ONCE_BILLED = {"customer_id", "administration_id", "type", "start", "billing_period"}
_CUTS_PERIODS = {"type", "start", "billing_period"}
_REPRICES = {"type", "customer_id"}  # a new rate alone is for `revalue` to apply
_MOVES_CHARGES = _FIXED_ONCE_BILLED | {"end", "tax_code_id"}


class ContractRecord(Record):
    """A contract; without an end it runs for three years."""

    code: Code
    name: Name
    customer: Code
    administration: Code
    type: ContractType
    start: Day
    end: Day | None = None
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
            first: Any = error.errors(include_url=False)[0]
            column = first.get("ctx", {}).get("where") or ".".join(map(str, first["loc"]))
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
    reserved. Computed charges that are not billed yet are computed anew, as far as the contract was
    rated; what is billed of periods that a new end cuts or prolongs is corrected here.
    """
    lock(session, "charge")
    rows, given = rows_of(records, _REFERENCES)
    for line, record in records.items():
        rows[line]["end"] = record.last_day
    faults = resolve(session, rows, _REFERENCES)
    changes: dict[UUID, set[str]] = {}
    ends: dict[UUID, date] = {}
    saved = upsert(session, Contract, rows, given, guard=_guard(session, rows, changes, ends))
    saved.faults += faults
    if changes:
        _let_charges_follow(session, changes)
        _correct_periods(session, ends)
        follow_at_once(session, changes)
        draw_at_once(session, contract_ids=changes)
    return saved


def _let_charges_follow(session: TenantSession, changes: Mapping[UUID, set[str]]) -> None:
    """Withdraw what was cut into other periods, and move recorded work along."""
    cut = [one for one, names in changes.items() if names & _CUTS_PERIODS]
    if cut:
        other_type = [one for one in cut if "type" in changes[one]]
        withdraw_computed(session, cut, other_type=other_type)
    if moved := [one for one, names in changes.items() if names & _MOVES_CHARGES]:
        _forget_statements(session, moved, cut)
        anew = [one for one in moved if changes[one] & _REPRICES]
        move_with_contracts(session, moved, repriced=anew)
    refresh_holds(session, contract_ids=changes)


def _correct_periods(session: TenantSession, ends: Mapping[UUID, date]) -> None:
    """Correct what is billed of the periods between the old end of contracts and the new one.

    Of a block only its fees: what was drawn follows when it is settled anew.
    """
    found: list[Change] = []
    blocks: dict[UUID, ContractFacts] = {}
    first: dict[UUID, date] = {}
    for one in contracts_by_id(session, ends).values():
        before = replace(one, end=ends[one.id])
        since = min(one.end, before.end) + timedelta(days=1)
        change = Change(before, one, since, max(one.end, before.end))
        if not one.type.is_block:
            found.append(change)
        elif change.first:
            blocks[one.id], first[one.id] = one, change.first
    correct_billed(session, found)
    if blocks:
        correct_block_fees(session, blocks, first)


def _forget_statements(session: TenantSession, moved: list[UUID], cut: list[UUID]) -> None:
    """Drop statements of periods that a contract no longer has, unless they bill something."""
    taken = exists().where(
        Charge.tenant_id == BlockPeriod.tenant_id,
        Charge.block_period_id == BlockPeriod.id,
        state_in("reserved", "billed"),
    )
    session.execute(
        delete(BlockPeriod).where(
            BlockPeriod.tenant_id == Contract.tenant_id,
            BlockPeriod.contract_id == Contract.id,
            among(Contract.id, moved),
            or_(among(Contract.id, cut), BlockPeriod.period_start > Contract.end),
            ~BlockPeriod.settled,
            ~taken,
        ),
        execution_options={"synchronize_session": False},
    )


def _guard(
    session: TenantSession,
    rows: Mapping[int, Row],
    changes: dict[UUID, set[str]],
    ends: dict[UUID, date],
) -> Guard:
    """Refuse to change what invoices stand on; note what changes by contract, and old `ends`."""
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
    named = _rates_in_use(session, [row["code"] for row in rows.values()])

    def guard(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, str] | None:
        fixed = sorted(_FIXED_ONCE_BILLED & set(new))
        if fixed and (found := taken.get(old["id"])):
            code = "RECORD_BILLED" if "billed" in found else "RECORD_RESERVED"
            return code, f"Invoices stand on this contract, so {', '.join(fixed)} cannot change."
        if "terms" in new and "type" not in new:  # another type places and prices work anew
            rates = old["terms"].get("additional_rates", {}).keys()
            dropped = rates - new["terms"].get("additional_rates", {}).keys()
            if used := sorted(dropped & named.get(old["id"], set())):
                return "RATE_IN_USE", f"Work that is not settled names the rate {used[0]}."
        changes[old["id"]] = set(new)
        if "end" in new and not _CUTS_PERIODS & set(new):
            ends[old["id"]] = old["end"]
        return None

    return guard


def _rates_in_use(session: TenantSession, codes: list[str]) -> dict[UUID | None, set[str]]:
    """Return by contract the rates that work names which is not billed, or drawn anew from a block.

    A block of money counts its work at these rates until the statement is settled.
    """
    drawn = and_(Contract.type == ContractType.BLOCK_MONEY, state_in("billed"), ~is_settled())
    found = session.execute(
        select(Charge.contract_id, Charge.rate)
        .join(
            Contract,
            and_(Contract.tenant_id == Charge.tenant_id, Contract.id == Charge.contract_id),
        )
        .where(
            among(Contract.code, codes),
            Charge.kind == "time",
            Charge.rate != "",
            or_(state_in(*UNBILLED, "reserved"), drawn),
        )
        .distinct()
    )
    named: dict[UUID | None, set[str]] = {}
    for contract_id, rate in found:
        named.setdefault(contract_id, set()).add(rate)
    return named
