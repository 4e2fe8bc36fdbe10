"""The part of a payment that goes to a blocked account (row B58, Dutch WKA law)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from bordereau.errors import Refused
from bordereau.invoices.billables import Billable
from bordereau.invoices.plumbing import trim
from bordereau.invoices.proposal import NewLine
from bordereau.invoices.references import Buyer
from bordereau.invoices.rules.g_account import check_g_account, g_account
from bordereau.tenancy.tables import Administration
from bordereau.values.tax import TaxCategory

LABEL = "G"
_MEAN = Decimal("0.0001")


def payment_split(
    charges: Sequence[Billable], lines: Sequence[NewLine], buyer: Buyer, seller: Administration
) -> dict[str, Any] | None:
    """Return the split as JSON of `contract.PaymentSplit`, or None where there is none.

    The wage percentage is that of each project, the blocked percentage that of the customer.

    Raises:
        Refused: G_ACCOUNT_COUNTRY, G_ACCOUNT_TAX, or G_ACCOUNT_MISSING without a second account.

    """
    percent = _wage_percent(charges)
    if not percent or not buyer.split_percent:
        return None
    if not seller.blocked_iban:
        raise Refused(
            "G_ACCOUNT_MISSING",
            f"{seller.name} has no blocked account for the payments of {buyer.name}.",
            hint="Enter the G account of the administration.",
        )
    agreed = {
        "label": LABEL,
        "wage_percent": str(trim(percent)),
        "split_percent": str(trim(buyer.split_percent)),
        "iban": seller.blocked_iban,
    }
    return split_again(agreed, lines, seller, charges[0].currency)


def split_again(
    agreed: Mapping[str, Any], lines: Sequence[NewLine], seller: Administration, currency: str
) -> dict[str, Any]:
    """Return the split with the amounts that the lines make at the percentages agreed.

    Raises:
        Refused: G_ACCOUNT_COUNTRY or G_ACCOUNT_TAX.

    """
    check_g_account(seller.country, {TaxCategory(line.tax_category) for line in lines})
    net = abs(sum((line.net for line in lines), Decimal(0)))
    percents = Decimal(agreed["wage_percent"]), Decimal(agreed["split_percent"])
    split = g_account(net, *percents, currency)
    amounts = {
        "wage_total": str(split.wage_total),
        "amount": str(split.blocked),
        "balance": str(split.balance),
    }
    return {**agreed, **amounts}


def _wage_percent(charges: Sequence[Billable]) -> Decimal:
    """Return the percentage of the project; of several projects their weighted mean."""
    percents = {one.wage_percent or Decimal(0) for one in charges}
    if len(percents) == 1:
        return percents.pop()
    billed = sum((one.net for one in charges), Decimal(0))
    wages = sum((one.net * (one.wage_percent or 0) for one in charges), Decimal(0))
    return (wages / billed).quantize(_MEAN) if billed else Decimal(0)
