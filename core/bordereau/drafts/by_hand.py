"""Amounts in drafts that no cost stands behind: on top of the costs, or before they exist."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from bordereau.catalog.saving import Row, insert_rows
from bordereau.catalog.tables import Project, TaxCode, WorkType
from bordereau.charges import refresh_holds
from bordereau.charges.owner_reading import payer_of
from bordereau.charges.tables import Charge
from bordereau.charges.writing import blank
from bordereau.drafts.finding import refuse_held
from bordereau.drafts.stages import step
from bordereau.drafts.tables import Draft, DraftLine
from bordereau.errors import Invalid, NotFound
from bordereau.invoices.rules.drafts import DraftAction, LineMethod, check_tax, line_method
from bordereau.store import TenantSession
from bordereau.tenancy import Actor
from bordereau.values.ids import public_id, uuid7
from bordereau.values.money import round_amount
from bordereau.values.tax import TaxCategory

BY_HAND = frozenset(
    {
        LineMethod.INVOICE_PLUS,
        LineMethod.INVOICE_ADVANCE,
        LineMethod.DELAY_PLUS,
        LineMethod.WRITE_OFF_PLUS,
    }
)


def add_line(
    session: TenantSession,
    actor: Actor,
    draft_id: UUID,
    *,
    method: str,
    name: str,
    amount: Decimal,
    work_type_id: UUID,
    day: date,
    project_id: UUID | None = None,
) -> DraftLine:
    """Add an amount by hand: on top of the costs (*plus*), or before they exist (*advance*).

    It is in the currency of the customer, else of the draft's administration.

    Raises:
        Invalid: METHOD_UNKNOWN; METHOD_NEEDS_COST for a method of recorded costs;
            PROJECT_OF_OTHER_CLIENT.
        NotFound: there is no such draft, project or work type.
        Refused: DRAFT_TRANSITION_REFUSED, DRAFT_TAX, or what stands against billing it
            (DISTANCE_SALE, NOT_CHARGEABLE).

    """
    chosen = line_method(method)
    if chosen not in BY_HAND:
        raise Invalid(
            "METHOD_NEEDS_COST",
            f"{chosen} is for recorded costs, not for an amount by hand.",
            where="method",
            hint=f"Choose among: {', '.join(sorted(BY_HAND))}.",
        )
    draft = step(session, actor, draft_id, DraftAction.CHANGE)
    _check_project(session, draft, project_id)
    work = _work_type(session, work_type_id)
    currency = payer_of(session, draft.customer_id, draft.administration_id).currency
    net = round_amount(amount, currency)
    values = {
        "project_id": project_id,
        "work_type_id": work.id,
        "tax_code_id": work.tax_code_id,
        "description": name,
        "quantity": Decimal(1),
        "unit_price": net,
        "net": net,
        "currency": currency,
    }
    line = _new_line(session, draft, chosen, day, values)
    refuse_held(session, [line.charge_id])
    return line


def take_back(session: TenantSession, draft: Draft, advance: DraftLine, day: date) -> DraftLine:
    """Leave the negative of a billed advance in a draft: same tax, currency, work and project."""
    billed = session.get_one(Charge, (session.tenant_id, advance.charge_id))
    values = {
        "project_id": billed.project_id,
        "work_type_id": billed.work_type_id,
        "tax_code_id": billed.tax_code_id,
        "description": advance.name,
        "quantity": advance.quantity,
        "unit": advance.unit,
        "unit_price": -advance.unit_price,
        "discount_percent": billed.discount_percent,
        "net": -advance.net,
        "currency": billed.currency,
    }
    return _new_line(session, draft, LineMethod.DELAY_ADVANCE, day, values)


def _new_line(
    session: TenantSession,
    draft: Draft,
    method: LineMethod,
    day: date,
    values: Row,
) -> DraftLine:
    """Record an amount as a charge of its own, in the draft, and find what stands against it.

    Args:
        session: the tenant's session.
        draft: a draft that is not invoiced yet.
        method: what is to become of it.
        day: the day it counts on.
        values: its project, work type, tax, text, quantity, price and currency.

    """
    charge_id = uuid7()
    row = blank(
        id=charge_id,
        kind="manual",
        source_key=f"draft:{charge_id}",
        administration_id=draft.administration_id,
        customer_id=draft.customer_id,
        worked_on=day,
        ready_on=day,
        draft_id=draft.id,
        **values,
    )
    insert_rows(session, Charge, [row])
    refresh_holds(session, charge_ids=[charge_id])
    line = DraftLine(
        draft_id=draft.id,
        charge_id=charge_id,
        method=method.value,
        name=row["description"],
        **{name: row[name] for name in ("quantity", "unit", "unit_price", "net")},
        reason="",
    )
    session.add(line)
    session.flush()
    return line


def _check_project(session: TenantSession, draft: Draft, project_id: UUID | None) -> None:
    if project_id is None:
        return
    project = session.get(Project, (session.tenant_id, project_id))
    if project is None:
        raise NotFound("project", public_id("prj", project_id))
    mine = (draft.customer_id, draft.administration_id)
    if (project.customer_id, project.administration_id) != mine:
        raise Invalid(
            "PROJECT_OF_OTHER_CLIENT",
            f"Project {project.code} is billed to another client, or by another administration.",
            where="project",
            hint="Choose a project of the draft's client, or leave it out.",
        )


def _work_type(session: TenantSession, work_type_id: UUID) -> WorkType:
    """Return a work type whose tax a draft may hold."""
    work = session.get(WorkType, (session.tenant_id, work_type_id))
    if work is None:
        raise NotFound("work type", public_id("wtp", work_type_id))
    category = session.scalar(select(TaxCode.category).where(TaxCode.id == work.tax_code_id))
    if category:
        check_tax(TaxCategory(category))
    return work
