"""Blocks of hours or money: their statements, and restating settled periods with late work."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from bordereau.catalog.tables import Contract
from bordereau.charges import apply_restatement, block_report, preview_restatement
from bordereau.charges.rules.block_statements import Statement
from bordereau.charges.rules.late import Restatement
from bordereau.charges.tables import BlockPeriod
from bordereau.store import TenantSession
from bordereau.tenancy import Right
from bordereau_api.rest.call import Call, Needs, Reader
from bordereau_api.rest.requirements import must_exist
from bordereau_api.rest.shapes import ContractId, Figure, Page, Shape

router = APIRouter(prefix="/contracts/{contract_id}", tags=["agreements"])
Revaluer = Annotated[Call, Depends(Needs(Right.REVALUE))]


class StatementOut(Shape):
    """A period of a block, in its unit: hours, or money in the currency of the contract."""

    period_start: date
    period_end: date
    opening: Figure
    included: Figure
    used: Figure
    overage: Figure
    carried: Figure
    lost: Figure


class KeptStatement(StatementOut):
    """A statement as it is kept; a restatement adds one with the next revision."""

    revision: int
    settled: bool
    created_by: str


class ChangeOut(Shape):
    """A settled period as it was and as it would be."""

    before: StatementOut
    after: StatementOut


class RestatementOut(Shape):
    """What late work changes; `difference` is what one adjustment charge would bill."""

    difference: Figure
    changes: list[ChangeOut]


@router.get("/block")
def get_block(call: Reader, contract_id: ContractId) -> Page[KeptStatement]:
    """Return the statements of a block that count, one per period."""
    with call.session() as session:
        must_exist(session, Contract, [contract_id], "contract")
        return Page(data=[_kept(one) for one in block_report(session, contract_id)])


@router.get("/restatement")
def get_restatement(call: Reader, contract_id: ContractId) -> RestatementOut:
    """Show what settled periods would be with the late work that waits; nothing is changed."""
    with call.session() as session:
        return _shape(preview_restatement(session, contract_id))


@router.post("/restatement", response_model=RestatementOut)
def restate_block(call: Revaluer, contract_id: ContractId) -> Response:
    """Keep the new statements and bill the difference as one adjustment."""

    def work(session: TenantSession) -> RestatementOut:
        return _shape(apply_restatement(session, call.actor, contract_id))

    return call.once(work, 200)


def _kept(row: BlockPeriod) -> KeptStatement:
    return KeptStatement.model_validate(row, from_attributes=True, extra="ignore")


def _shape(found: Restatement) -> RestatementOut:
    return RestatementOut(
        difference=found.difference,
        changes=[
            ChangeOut(before=_statement(one.old), after=_statement(one.new))
            for one in found.changes
        ],
    )


def _statement(one: Statement) -> StatementOut:
    return StatementOut(
        period_start=one.period.start,
        period_end=one.period.end,
        opening=one.opening,
        included=one.added,
        used=one.used,
        overage=one.overage,
        carried=one.carried,
        lost=one.lost,
    )
