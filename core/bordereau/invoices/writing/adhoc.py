"""Invoices written by hand, without a batch (rows A7, B59)."""

from dataclasses import asdict
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from bordereau.catalog.tables import Customer, Project
from bordereau.errors import Invalid, NotFound
from bordereau.invoices.composing.amounts import sums, turned
from bordereau.invoices.composing.proposal import NewInvoice
from bordereau.invoices.composing.references import Buyer, load_buyers, load_references
from bordereau.invoices.documents import PREFIX
from bordereau.invoices.finding import get_invoice
from bordereau.invoices.rules.dates import check_due_date
from bordereau.invoices.storing import store
from bordereau.invoices.tables import Invoice
from bordereau.invoices.writing.inputs import InvoiceInput, read_lines
from bordereau.store import TenantSession
from bordereau.tenancy import Actor, Right, account, record_audit, today
from bordereau.tenancy.tables import Administration
from bordereau.values.ids import public_id, uuid7
from bordereau.values.money import minor_unit

ORIGIN = "ad_hoc"


def write_invoice(
    session: TenantSession,
    customer_id: UUID,
    typed: InvoiceInput,
    *,
    actor: Actor,
    administration_id: UUID | None = None,
    project_id: UUID | None = None,
    currency: str | None = None,
) -> Invoice:
    """Write an invoice by hand and return it as a draft; distance sales are allowed (row B22).

    Args:
        session: the tenant's session.
        customer_id: who pays.
        typed: its head and lines; what is left out comes from customer and administration.
        actor: who writes it.
        administration_id: who sells; by default the customer's administration, or the only one.
        project_id: the project of a manual project invoice.
        currency: by default that of the customer, else of the administration, else of the account.

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: customer, administration or project.
        Invalid: ADMINISTRATION_MISSING, UNKNOWN_CURRENCY, DUE_BEFORE_ISSUE, or as
            `inputs.read_lines`.

    """
    actor.must(Right.EDIT_INVOICE)
    buyer = load_buyers(session, [customer_id]).get(customer_id)
    if buyer is None:
        raise NotFound("customer", public_id("cus", customer_id))
    seller = _seller(session, customer_id, administration_id)
    if project_id and session.get(Project, (session.tenant_id, project_id)) is None:
        raise NotFound("project", public_id("prj", project_id))
    money = _currency(session, buyer, seller, currency)
    lines = read_lines(typed.lines or (), {}, load_references(session), money)
    kind, lines, totals = turned(lines, sums(lines, seller.tax_policy, money))
    issue_date = typed.issue_date or today(session)
    days = seller.payment_days if buyer.payment_days is None else buyer.payment_days
    due_date = typed.due_date or issue_date + timedelta(days=days)
    check_due_date(issue_date, due_date)
    made = NewInvoice(
        id=uuid7(),
        kind=kind,
        origin=ORIGIN,
        administration_id=seller.id,
        customer_id=customer_id,
        project_id=project_id,
        layout_id=typed.layout_id,
        issue_date=issue_date,
        due_date=due_date,
        period_start=typed.period_start,
        period_end=typed.period_end,
        currency=money,
        language=typed.language or buyer.language,
        tax_policy=seller.tax_policy,
        net=totals.net,
        tax=totals.tax,
        total=totals.total,
        buyer=asdict(typed.buyer) if typed.buyer else buyer.party,
        buyer_reference=_either(typed.buyer_reference, buyer.buyer_reference),
        order_reference=typed.order_reference or "",
        notes=tuple(typed.notes or ()),
        lines=lines,
        taxes=totals.taxes,
    )
    for _ in store(session, [made], state="draft"):
        record_audit(session, actor, "invoice.write", public_id(PREFIX, made.id))
    return get_invoice(session, made.id)


def _seller(
    session: TenantSession, customer_id: UUID, administration_id: UUID | None
) -> Administration:
    if administration_id is None:
        customer = session.get_one(Customer, (session.tenant_id, customer_id))
        administration_id = customer.administration_id
    if administration_id is not None:
        found = session.get(Administration, (session.tenant_id, administration_id))
        if found is None:
            raise NotFound("administration", public_id("adm", administration_id))
        return found
    every = session.scalars(select(Administration).limit(2)).all()
    if len(every) != 1:
        raise Invalid(
            "ADMINISTRATION_MISSING",
            "Nothing says which administration sells.",
            where="administration_id",
            hint="Choose one.",
        )
    return every[0]


def _currency(
    session: TenantSession, buyer: Buyer, seller: Administration, wanted: str | None
) -> str:
    found = wanted or buyer.currency or seller.currency or account(session).currency
    try:
        minor_unit(found)
    except ValueError as error:
        raise Invalid("UNKNOWN_CURRENCY", str(error), where="currency") from error
    return found


def _either(typed: str | None, usual: str) -> str:
    return usual if typed is None else typed
