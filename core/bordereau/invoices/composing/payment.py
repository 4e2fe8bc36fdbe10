"""The part of a payment that goes to a blocked account (row B58, Dutch WKA law)."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bordereau.catalog.tables import Project
from bordereau.charges import Charge
from bordereau.contract import DocumentKind
from bordereau.errors import Refused
from bordereau.invoices.composing.billables import Billable
from bordereau.invoices.composing.proposal import NewLine
from bordereau.invoices.composing.references import Buyer
from bordereau.invoices.plumbing import trim
from bordereau.invoices.rules.g_account import check_g_account, g_account
from bordereau.store import TenantSession, among
from bordereau.tenancy.tables import Administration
from bordereau.values.tax import TaxCategory

LABEL = "G"
_MEAN = Decimal("0.0001")


def payment_split(
    charges: Sequence[Billable],
    lines: Sequence[NewLine],
    kind: DocumentKind,
    buyer: Buyer,
    seller: Administration,
) -> dict[str, Any] | None:
    """Return the split as JSON of `contract.PaymentSplit`, or None where there is none.

    The wage percentage is that of each project, the blocked percentage that of the customer.

    Raises:
        Refused: G_ACCOUNT_COUNTRY, G_ACCOUNT_TAX, G_ACCOUNT_WAGE, or G_ACCOUNT_MISSING without a
            second account.

    """
    percents = {one.charge_id: one.wage_percent or Decimal(0) for one in charges}
    if not buyer.split_percent or not any(percents.values()):
        return None
    if not seller.blocked_iban:
        raise Refused(
            "G_ACCOUNT_MISSING",
            f"{seller.name} has no blocked account for the payments of {buyer.name}.",
            hint="Enter the G account of the administration.",
        )
    wages = _wages(lines, kind, percents)
    agreed = {
        "label": LABEL,
        "split_percent": str(trim(buyer.split_percent)),
        "iban": seller.blocked_iban,
    }
    return _split(agreed, lines, wages, seller, charges[0].currency, buyer.name)


def split_again(
    session: TenantSession,
    agreed: Mapping[str, Any],
    lines: Sequence[NewLine],
    kind: DocumentKind,
    seller: Administration,
    currency: str,
    payer: str,
) -> dict[str, Any]:
    """Return the split of an edited invoice, with the amounts that its lines make now.

    Raises:
        Refused: G_ACCOUNT_COUNTRY, G_ACCOUNT_TAX or G_ACCOUNT_WAGE.

    """
    percents = _percents(session, [one.charge_id for line in lines for one in line.sources])
    if percents:
        wages = _wages(lines, kind, percents)
    else:  # a copy, or lines by hand only: the wages keep their part of the whole
        before = Decimal(agreed["amount"]) + Decimal(agreed["balance"])
        part = Decimal(agreed["wage_total"])
        wages = _net(lines) * part / before if before else Decimal(0)
    return _split(agreed, lines, wages, seller, currency, payer)


def _split(
    agreed: Mapping[str, Any],
    lines: Sequence[NewLine],
    wages: Decimal,
    seller: Administration,
    currency: str,
    payer: str,
) -> dict[str, Any]:
    check_g_account(seller.country, {TaxCategory(line.tax_category) for line in lines})
    net = _net(lines)
    split = g_account(net, wages, Decimal(agreed["split_percent"]), currency, payer)
    mean = (wages * 100 / net).quantize(_MEAN) if net else Decimal(0)
    return {
        **agreed,
        "wage_percent": str(trim(mean)),
        "wage_total": str(split.wage_total),
        "amount": str(split.blocked),
        "balance": str(split.balance),
    }


def _wages(
    lines: Sequence[NewLine], kind: DocumentKind, percents: Mapping[UUID, Decimal]
) -> Decimal:
    """Return the wages of the projects, not rounded; what no charge stands behind has the mean."""
    sign = -1 if kind is DocumentKind.CREDIT_NOTE else 1
    net, found = _net(lines), set(percents.values())
    if len(found) == 1:
        return net * found.pop() / 100
    behind = [
        (sign * one.amount, percents[one.charge_id]) for line in lines for one in line.sources
    ]
    wages = sum((amount * percent / 100 for amount, percent in behind), Decimal(0))
    covered = sum((amount for amount, _ in behind), Decimal(0))
    return wages * net / covered if covered and covered != net else wages


def _percents(session: TenantSession, charge_ids: Collection[UUID]) -> dict[UUID, Decimal]:
    """Read the wage percentage of the project behind each charge."""
    query = (
        select(Charge.id, Project.wage_percent)
        .outerjoin(Project, Project.id == Charge.project_id)
        .where(among(Charge.id, charge_ids))
    )
    return {row.id: row.wage_percent or Decimal(0) for row in session.execute(query)}


def _net(lines: Sequence[NewLine]) -> Decimal:
    return sum((line.net for line in lines), Decimal(0))
