"""Composing: charges become invoices, some hundred at a time (rows A39, A40, B18, B19)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from uuid import UUID

from bordereau.contract import LineType
from bordereau.errors import Refused
from bordereau.invoices.amounts import positive, priced, sums, turned
from bordereau.invoices.billables import Billable
from bordereau.invoices.payment import payment_split
from bordereau.invoices.plumbing import HELD, chunked, ordered_ids, trim
from bordereau.invoices.proposal import NewInvoice, NewLine
from bordereau.invoices.references import (
    UNTAXED,
    Buyer,
    References,
    Tax,
    Work,
    load_buyers,
    load_references,
)
from bordereau.invoices.rules.collection import Collect
from bordereau.invoices.rules.grouping import Detail, GroupedLine, LineLevel, compress, group_lines
from bordereau.invoices.surcharges import Base, surcharges
from bordereau.store import TenantSession
from bordereau.tenancy.tables import Administration
from bordereau.values.money import round_amount

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How charges become invoices.

    Attributes:
        origin: `batch` for contracts, `project` for automatic project invoices.
        invoice_date: the date of every invoice of the run (row B32).
        collect: who shares an invoice; the charges come in that order.
        level: what one line stands for.
        compress: as few lines as taxes allow, instead of `level` (row B19).
        surcharge: whether surcharge lines are made (rows B51 to B56).

    """

    origin: str
    invoice_date: date
    collect: Collect
    level: LineLevel
    compress: bool = False
    surcharge: bool = False


def compose(
    session: TenantSession, charges: Iterable[Billable], plan: Plan
) -> Iterator[NewInvoice]:
    """Yield the invoices that the charges make, in their order; nothing is stored.

    Raises:
        Refused: DISTANCE_SALE, TAX_CODE_MISSING, G_ACCOUNT_COUNTRY, G_ACCOUNT_TAX or
            G_ACCOUNT_MISSING, naming the customer or contract.

    """
    references, ids = load_references(session), ordered_ids()
    groups = (list(group) for _, group in groupby(charges, _invoice_of))
    for chunk in chunked(groups, HELD):
        buyers = load_buyers(session, {group[0].customer_id for group in chunk})
        for group in chunk:
            yield _invoice(next(ids), group, buyers[group[0].customer_id], references, plan)


def _invoice_of(charge: Billable) -> tuple[UUID, UUID, str, UUID | None]:
    return charge.administration_id, charge.customer_id, charge.currency, charge.bucket


def _invoice(
    invoice_id: UUID, charges: Sequence[Billable], buyer: Buyer, references: References, plan: Plan
) -> NewInvoice:
    if buyer.distance_selling:
        raise Refused(
            "DISTANCE_SALE",
            f"{buyer.name} falls under distance-selling VAT and is not billed automatically.",
            hint="Take it out of the selection and make a manual invoice.",
        )
    first = charges[0]
    seller = references.administrations[first.administration_id]
    lines = _lines(charges, seller, references, plan)
    kind, lines, totals = turned(lines, sums(lines, seller.tax_policy, first.currency))
    starts = [line.period_start for line in lines if line.period_start]
    ends = [line.period_end for line in lines if line.period_end]
    days = seller.payment_days if buyer.payment_days is None else buyer.payment_days
    return NewInvoice(
        id=invoice_id,
        kind=kind,
        origin=plan.origin,
        administration_id=seller.id,
        customer_id=buyer.id,
        contract_id=_common(one.contract_id for one in charges),
        project_id=_common(one.project_id for one in charges),
        issue_date=plan.invoice_date,
        due_date=plan.invoice_date + timedelta(days=days),
        period_start=min(starts, default=None),
        period_end=max(ends, default=None),
        currency=first.currency,
        language=buyer.language,
        tax_policy=seller.tax_policy,
        net=totals.net,
        tax=totals.tax,
        total=totals.total,
        buyer=buyer.party,
        buyer_reference=buyer.buyer_reference,
        order_reference=", ".join(
            dict.fromkeys(one.order_reference for one in charges if one.order_reference)
        ),
        payment_split=payment_split(charges, lines, buyer, seller),
        lines=lines,
        taxes=totals.taxes,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sourced(Detail):
    """A detail that knows its charge and what was looked up for it."""

    charge: Billable
    tax: Tax
    work: Work | None


def _lines(
    charges: Sequence[Billable], seller: Administration, references: References, plan: Plan
) -> list[NewLine]:
    currency = charges[0].currency
    details = [_detail(one, references) for one in charges]
    if plan.compress:
        grouped = compress(details, charges[0].owner_name or charges[0].description, currency)
    else:
        grouped = group_lines(details, plan.level, currency)
    lines = [_line(one) for one in grouped]
    if plan.surcharge and any(one.surcharge_percent for one in charges):
        bases = (Base(one.charge.net, one.charge.surcharge_percent, one.tax) for one in details)
        lines += surcharges(bases, seller, references, currency)
    return lines


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
        tax_code_id=tax.id,
        tax_code=tax.code,
        tax_category=tax.category.value,
        tax_rate=tax.rate,
        exemption=tax.exemption,
        period_start=min(one.period_start or one.worked_on for one in charges),
        period_end=max(one.period_end or one.worked_on + _DAY for one in charges),
        item_code=grouped.item_code,
        account=first.work.account if first.work else "",
        surcharge_percent=None if percent is None else trim(percent),
        sources=tuple((one.charge.charge_id, one.net) for one in details),
    )


def _common(ids: Iterable[UUID | None]) -> UUID | None:
    """Return the id that all have, or None where they differ."""
    found = set(ids)
    return found.pop() if len(found) == 1 else None
