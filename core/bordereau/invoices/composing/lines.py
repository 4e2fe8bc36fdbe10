"""The lines of a composed invoice: charges with their tax, grouped, surcharges last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bordereau.contract import LineType
from bordereau.errors import Refused
from bordereau.invoices.composing.amounts import positive, priced
from bordereau.invoices.composing.billables import Billable
from bordereau.invoices.composing.plan import Plan
from bordereau.invoices.composing.proposal import Billed, NewLine
from bordereau.invoices.composing.references import UNTAXED, References, Tax, Work
from bordereau.invoices.composing.surcharges import Base, surcharges
from bordereau.invoices.plumbing import trim
from bordereau.invoices.rules.grouping import Detail, GroupedLine, compress, group_lines
from bordereau.tenancy.tables import Administration
from bordereau.values.money import round_amount

_DAY = timedelta(days=1)
_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sourced(Detail):
    """A detail that knows its charge and what was looked up for it."""

    charge: Billable
    tax: Tax
    work: Work | None


def composed_lines(
    charges: Sequence[Billable], seller: Administration, references: References, plan: Plan
) -> list[NewLine]:
    """Return the lines of an invoice.

    Raises:
        Refused: TAX_CODE_MISSING.

    """
    currency = charges[0].currency
    details = [_detail(one, references) for one in charges]
    if plan.compress:
        grouped = compress(details, _owners(charges) or charges[0].description, currency)
    else:
        grouped = group_lines(details, plan.level, currency)
    lines = [_line(one) for one in grouped]
    if plan.surcharge and any(one.surcharge_percent for one in charges):
        bases = (Base(one.charge.net, one.charge.surcharge_percent, one.tax) for one in details)
        lines += surcharges(bases, seller, references, currency)
    return lines


def _owners(charges: Sequence[Billable]) -> str:
    """Name the contracts or projects behind a compressed line, the first ones of many."""
    names = list(dict.fromkeys(one.owner_name for one in charges if one.owner_name))
    return ", ".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else "")


def _tax(charge: Billable, references: References) -> Tax:
    if not charge.taxed:
        return UNTAXED
    found = references.taxes.get(charge.tax_code_id) if charge.tax_code_id else None
    if found is None:
        owner = f"{charge.owner_code} {charge.owner_name}".strip()
        raise Refused(
            "TAX_CODE_MISSING",
            f"Nothing says which tax applies to {charge.description!r} of {owner}.",
            hint="Give the contract, the work type or the charge a tax code.",
        )
    return found


def _detail(charge: Billable, references: References) -> _Sourced:
    currency = charge.currency
    net = round_amount(charge.net, currency)
    quantity, price, discount = priced(
        charge.quantity, charge.unit_price, charge.discount_percent, net, currency
    )
    tax = _tax(charge, references)
    work = references.works.get(charge.work_type_id) if charge.work_type_id else None
    owner = charge.contract_id or charge.project_id
    return _Sourced(
        charge_id=charge.charge_id,
        contract=owner.hex if owner else "",
        contract_name=charge.owner_name,
        ticket=charge.ticket_id.hex if charge.ticket_id else "",
        ticket_title=charge.ticket_title or "",
        description=charge.description or charge.ticket_title or charge.owner_name or charge.kind,
        quantity=quantity,
        unit=charge.unit,
        price=price,
        discount=discount,
        net=net,
        tax_code=tax.code,
        tax_category=tax.category,
        tax_rate=tax.rate,
        exemption=tax.exemption,
        item_code=work.code if work else "",
        charge=charge,
        tax=tax,
        work=work,
    )


def _line(grouped: GroupedLine) -> NewLine:
    details = [one for one in grouped.details if isinstance(one, _Sourced)]
    first, tax = details[0], details[0].tax
    charges = [one.charge for one in details]
    quantity, price, discount = positive(grouped.quantity, grouped.price, grouped.discount)
    percents = {one.surcharge_percent for one in charges}
    percent = percents.pop() if len(percents) == 1 else None
    return NewLine(
        type=LineType.INSTALMENT if first.charge.kind == "instalment" else LineType.ITEM,
        headings=grouped.headings,
        name=grouped.description,
        quantity=quantity,
        unit=grouped.unit,
        unit_price=price,
        discount=discount,
        net=grouped.net,
        **tax.on_line(),
        period_start=min(one.period_start or one.worked_on for one in charges),
        period_end=max(one.period_end or one.worked_on + _DAY for one in charges),
        item_code=grouped.item_code,
        account=first.work.account if first.work else "",
        surcharge_percent=None if percent is None else trim(percent),
        sources=tuple(
            Billed(one.charge.charge_id, one.net, one.charge.surcharge_percent) for one in details
        ),
    )
