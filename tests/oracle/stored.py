"""The way from a source through a real batch to the documents as they were issued."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from tests.oracle.composing import DAY, Seller, priced, units
from tests.oracle.reckoning import UNTAXED, Item, Reckoned, Subtotal
from tests.oracle.sources import Source

from bordereau.batches import Options, finalise, generate, open_batch, run
from bordereau.batches.tables import Batch
from bordereau.catalog.tables import Contract, Customer, Project, Ticket
from bordereau.charges.tables import Charge
from bordereau.contract import Document, DocumentKind, LineType
from bordereau.invoices.documents import documents_of
from bordereau.invoices.tables import Allocation, Invoice, InvoiceLine
from bordereau.store import Database, TenantSession
from bordereau.tenancy import Actor

CLERK = Actor.installation("clerk@exemple.example")


@dataclass
class Filed:
    """Sources as rows: which customer stands for which source, which charge for which item."""

    seller: Seller
    sources: dict[UUID, Source] = field(default_factory=dict)
    keys: dict[UUID, str] = field(default_factory=dict)

    @property
    def session(self) -> TenantSession:
        """The tenant's session."""
        return self.seller.session

    def add(self, source: Source) -> None:
        """Write a source: a customer with contracts or projects, tickets and ready charges."""
        customer = self.seller.books.customer()
        self.sources[customer.id] = source
        administration = self.seller.administrations[source.policy]
        owners = {
            item.owner: self._owner(source, item, customer, administration) for item in source.items
        }
        tickets = {
            item.ticket: Ticket(
                id=uuid4(),
                code=f"{customer.code}-{item.ticket}",
                title=item.ticket,
                customer_id=customer.id,
                status="Resolved",
            )
            for item in source.items
            if item.ticket
        }
        self.session.add_all([*owners.values(), *tickets.values()])
        self.session.flush()
        for item in source.items:
            charge = self._charge(source, item, customer, owners[item.owner])
            charge.ticket_id = tickets[item.ticket].id if item.ticket else None
            self.keys[charge.id] = item.key
            self.session.add(charge)
        self.session.flush()

    def bill(self, database: Database, some: Sequence[Source]) -> Batch:
        """Take the charges that are there through a batch, up to their numbers."""
        level, projects = some[0].level, some[0].surcharged
        compressed = level == "compressed"
        options = Options(
            name="Oracle",
            collect="customer",
            compress=compressed,
            line_level=None if compressed else level,
        )
        batch = open_batch(
            self.session,
            actor=CLERK,
            source="projects" if projects else "contracts",
            as_of=DAY,
            options=options,
        )
        batch = run(self.session, batch, actor=CLERK)
        generate(self.session, batch, batch.preview_hash, actor=CLERK)
        self.session.commit()
        tenant_id = self.session.tenant_id
        finalise(database, tenant_id, batch.id, actor=CLERK, on_issued=lambda *_: None)
        return batch

    def issued(self, batch: Batch) -> Iterator[tuple[Source, Reckoned, Document]]:
        """Yield each document as issued, also in the terms of the oracle, with its source."""
        rows = self.session.execute(
            select(Invoice.id, Invoice.customer_id).where(Invoice.batch_id == batch.id)
        ).all()
        customers = {row.id: row.customer_id for row in rows}
        behind = self._behind(batch)
        for invoice_id, document in documents_of(self.session, customers):
            source = self.sources[customers[invoice_id]]
            yield source, _reckoned(source, document, behind[invoice_id]), document

    def _behind(self, batch: Batch) -> dict[UUID, dict[str, dict[str, Decimal]]]:
        """Return by invoice and line what each item adds to it."""
        query = (
            select(
                Allocation.invoice_id, InvoiceLine.position, Allocation.charge_id, Allocation.amount
            )
            .join(InvoiceLine, InvoiceLine.id == Allocation.line_id)
            .join(Invoice, Invoice.id == Allocation.invoice_id)
            .where(Invoice.batch_id == batch.id)
        )
        found: dict[UUID, dict[str, dict[str, Decimal]]] = {}
        for invoice_id, position, charge_id, amount in self.session.execute(query):
            line = found.setdefault(invoice_id, {}).setdefault(str(position), {})
            line[self.keys[charge_id]] = amount
        return found

    def _owner(
        self, source: Source, item: Item, customer: Customer, administration: UUID
    ) -> Contract | Project:
        common: dict[str, Any] = {
            "id": uuid4(),
            "code": f"{customer.code}-{item.owner}",
            "name": f"Owner {item.owner}",
            "customer_id": customer.id,
            "administration_id": administration,
        }
        if source.surcharged:
            return Project(**common)
        return Contract(
            **common,
            type="Hourly",
            start=DAY.replace(day=1),
            end=DAY.replace(year=DAY.year + 3),
            billing_period="OnDemand",
            terms={"primary_rate": "90"},
            taxable=item.tax != UNTAXED,
        )

    def _charge(
        self, source: Source, item: Item, customer: Customer, owner: Contract | Project
    ) -> Charge:
        on_project = isinstance(owner, Project)
        timed, sold = ("hours", "materials") if on_project else ("time", "product")
        charge_id = uuid4()
        return Charge(
            id=charge_id,
            kind=sold if item.minutes is None else timed,
            source_key=charge_id.hex,
            administration_id=owner.administration_id,
            customer_id=customer.id,
            contract_id=None if on_project else owner.id,
            project_id=owner.id if on_project else None,
            tax_code_id=self.seller.tax_codes.get(item.tax.code),
            worked_on=DAY,
            minutes=item.minutes,
            description=item.key,
            unit="C62" if item.minutes is None else "HUR",
            surcharge_percent=Decimal(item.surcharge) if item.surcharge else None,
            currency=source.currency,
            state="closed",
            ready_on=DAY,
            **priced(item, source.currency),
        )


def _reckoned(
    source: Source, document: Document, behind: dict[str, dict[str, Decimal]]
) -> Reckoned:
    currency = source.currency
    return Reckoned(
        credit_note=document.kind is DocumentKind.CREDIT_NOTE,
        items={
            key: units(amount, currency) for line in behind.values() for key, amount in line.items()
        },
        lines={
            frozenset(behind[line.id]): units(line.net, currency)
            for line in document.lines
            if line.type is not LineType.SURCHARGE
        },
        surcharges={
            line.tax_code: units(line.net, currency)
            for line in document.lines
            if line.type is LineType.SURCHARGE
        },
        subtotals={
            (tax.category, Fraction(tax.rate)): Subtotal(
                units(tax.taxable, currency), units(tax.tax, currency)
            )
            for tax in document.taxes
        },
        net=units(document.totals.net, currency),
        tax=units(document.totals.tax, currency),
        total=units(document.totals.total, currency),
    )
