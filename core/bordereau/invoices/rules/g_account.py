"""G account: the part of a payment that goes to a blocked account (B58, Dutch WKA law).

The total of the invoice stays as it is; only the payment is split. The wage part is that of each
project, the blocked part of the wages that of the customer. VAT of such an invoice is
reverse-charged.
"""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from bordereau.errors import Refused
from bordereau.values.money import round_amount
from bordereau.values.tax import TaxCategory


@dataclass(frozen=True, slots=True)
class GAccount:
    """The wage part of an invoice, what of it is payable to the blocked account, and the rest."""

    wage_total: Decimal
    blocked: Decimal
    balance: Decimal


def g_account(
    net: Decimal, wages: Decimal, blocked_percent: Decimal, currency: str, payer: str
) -> GAccount:
    """Split the payment of a net amount.

    Args:
        net: the net amount of the invoice.
        wages: the wages in it, not rounded yet: of each project its net times its percentage.
        blocked_percent: the share of those wages that goes to the blocked account, 0 to 100.
        currency: the amounts are rounded to its minor unit.
        payer: the customer, named in a refusal.

    Raises:
        Refused: G_ACCOUNT_WAGE, the wages are less than nothing or more than the invoice.

    """
    wage = round_amount(wages, currency)
    if not 0 <= wage <= net:
        raise Refused(
            "G_ACCOUNT_WAGE",
            f"The wages in the invoice of {payer} come to {wage}, of {net} in all.",
            hint="Bill the projects of this customer apart, or leave the negative lines for later.",
        )
    blocked = round_amount(wage * blocked_percent / 100, currency)
    return GAccount(wage, blocked, round_amount(net, currency) - blocked)


def check_g_account(country: str, categories: Collection[TaxCategory]) -> None:
    """Refuse a G account outside the Netherlands, or on an invoice that charges VAT.

    Args:
        country: of the administration, ISO 3166-1 alpha-2.
        categories: the VAT categories of the lines.

    Raises:
        Refused: G_ACCOUNT_COUNTRY or G_ACCOUNT_TAX.

    """
    if country != "NL":
        raise Refused(
            "G_ACCOUNT_COUNTRY",
            "Only a Dutch administration can use a G account.",
            hint="Leave the G-account percentages empty.",
        )
    if any(category is not TaxCategory.REVERSE_CHARGE for category in categories):
        raise Refused(
            "G_ACCOUNT_TAX",
            "An invoice with a G account reverse-charges VAT on every line.",
            hint="Give its lines a reverse-charge VAT group (AE), or leave the G account out.",
        )
