"""A digest of everything that a batch's invoices are composed from, made by the database.

Composing has no other inputs, so equal digests mean equal invoices and composing again can be
saved. A different digest means nothing yet: then everything is composed and compared.
"""

import hashlib
from typing import Any

from sqlalchemy import Text, cast, func, literal, literal_column, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from bordereau import __version__
from bordereau.batches.tables import Batch
from bordereau.catalog.tables import Customer, TaxCode, WorkType
from bordereau.charges import Charge
from bordereau.invoices.composing.billables import charges_query
from bordereau.invoices.composing.references import buyers_query
from bordereau.invoices.rules.collection import Collect
from bordereau.store import TenantSession
from bordereau.tenancy.tables import Administration


def inputs_digest(session: TenantSession, batch: Batch) -> str:
    """Return the digest of charges, customers, settings and of the version of the program."""
    mine = Charge.batch_id == batch.id
    charges = charges_query(mine, Collect(batch.collect))
    payers = select(Charge.customer_id).where(mine)
    parts = (
        charges,
        buyers_query().where(Customer.id.in_(payers)),
        select(*Administration.__table__.c),
        select(*TaxCode.__table__.c),
        select(*WorkType.__table__.c),
    )
    found = session.execute(select(*(_digest(query) for query in parts))).one()
    options = (batch.collect, batch.line_level, batch.compress, batch.invoice_date, batch.as_of)
    text = "\n".join(map(str, (__version__, *options, *found)))
    return hashlib.sha256(text.encode()).hexdigest()


def _digest(query: Any) -> Any:
    """Hash the rows of a query, whatever their order."""
    rows = query.subquery("counted")
    each = func.md5(cast(literal_column("counted.*"), Text))
    together = func.string_agg(each, aggregate_order_by(literal(""), each))
    return select(func.md5(together)).select_from(rows).scalar_subquery()
