"""Composing: charges become invoices, some hundred at a time (rows A39, A40, B18, B19)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import groupby
from uuid import UUID

from bordereau.errors import Refused
from bordereau.invoices.composing.amounts import sums, turned
from bordereau.invoices.composing.billables import Billable
from bordereau.invoices.composing.lines import composed_lines
from bordereau.invoices.composing.payment import payment_split
from bordereau.invoices.composing.plan import Plan
from bordereau.invoices.composing.proposal import NewInvoice
from bordereau.invoices.composing.references import Buyer, References, load_buyers, load_references
from bordereau.invoices.plumbing import HELD, chunked, ordered_ids
from bordereau.invoices.rules.layout import layout_of_project
from bordereau.store import TenantSession


def compose(
    session: TenantSession, charges: Iterable[Billable], plan: Plan
) -> Iterator[NewInvoice]:
    """Yield the invoices that the charges make, in their order; nothing is stored.

    Raises:
        Refused: DISTANCE_SALE, TAX_CODE_MISSING, G_ACCOUNT_COUNTRY, G_ACCOUNT_TAX,
            G_ACCOUNT_WAGE or G_ACCOUNT_MISSING, naming the customer or contract.

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
    lines = composed_lines(charges, seller, references, plan)
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
        layout_id=layout_of_project(first.layout_id, alone=first.bucket is not None),
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
        payment_split=payment_split(charges, lines, kind, buyer, seller),
        lines=lines,
        taxes=totals.taxes,
    )


def _common(ids: Iterable[UUID | None]) -> UUID | None:
    """Return the id that all have, or None where they differ."""
    found = set(ids)
    return found.pop() if len(found) == 1 else None
