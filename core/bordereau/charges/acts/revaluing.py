"""Renewing the price of charges that are not billed yet."""

from decimal import Decimal

from sqlalchemy import ColumnElement, select

from bordereau.catalog.saving import lock
from bordereau.charges.acts.lines import LineResult
from bordereau.charges.owner_reading import contracts_by_id
from bordereau.charges.placing import price_item
from bordereau.charges.rules.lifecycle import ChargeState, may_revalue
from bordereau.charges.tables import COMPUTED, Charge
from bordereau.errors import Invalid
from bordereau.store import TenantSession
from bordereau.tenancy.actors import Actor
from bordereau.tenancy.audit import record_audit
from bordereau.tenancy.rights import Right
from bordereau.values.ids import public_id
from bordereau.values.quantity import time_amount


def revalue(
    session: TenantSession,
    actor: Actor,
    *where: ColumnElement[bool],
    unit_price: Decimal | None = None,
) -> list[LineResult]:
    """Renew the price of charges that are neither reserved nor billed (AFAS Profit 8).

    Time on contracts takes the rate that its contract has now; `unit_price` is a new price for
    cost lines, products and expenses.

    Raises:
        Forbidden: RIGHT_MISSING.

    """
    actor.must(Right.REVALUE)
    lock(session, "charge")
    wanted = select(Charge).where(*where).order_by(Charge.id).with_for_update()
    charges = session.scalars(wanted, execution_options={"populate_existing": True}).all()
    contracts = contracts_by_id(session, {one.contract_id for one in charges if one.contract_id})
    results: list[LineResult] = []
    for one in charges:
        if one.draft_id is not None:
            said = "It stands in a pro forma. Change its price there, or take it out first."
            results.append(LineResult(one.id, one.state, "RECORD_IN_DRAFT", said))
            continue
        if not may_revalue(ChargeState(one.state)) or one.kind in COMPUTED:
            said = "Only what is neither reserved, billed nor computed by a contract is revalued."
            results.append(LineResult(one.id, one.state, "TRANSITION_REFUSED", said))
            continue
        before = one.unit_price
        if one.kind == "time":
            contract = contracts.get(one.contract_id) if one.contract_id else None
            try:
                one.unit_price = contract.hour_rate(one.rate) if contract else before
            except Invalid as error:
                results.append(LineResult(one.id, one.state, error.code, error.message))
                continue
            if one.block_period_id is None:
                one.net = time_amount(one.billable_minutes or 0, one.unit_price, one.currency)
        elif unit_price is not None:
            priced = price_item(one.quantity, unit_price, one.discount_percent, one.currency)
            one.unit_price, one.net = priced["unit_price"], priced["net"]
        results.append(LineResult(one.id, one.state))
        if one.unit_price != before:
            one.version += 1
            details = {"before": str(before), "after": str(one.unit_price)}
            record_audit(session, actor, "charge.revalue", public_id("chg", one.id), details)
    session.flush()
    return results
