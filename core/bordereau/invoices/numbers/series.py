"""The number series of an administration: one for each kind of document."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from bordereau.contract import DocumentKind
from bordereau.errors import Conflict
from bordereau.invoices.rules.numbering import parse_pattern
from bordereau.invoices.tables import Series
from bordereau.store import TenantSession
from bordereau.tenancy import Actor, Right, record_audit
from bordereau.values.ids import public_id, uuid7

PREFIX = "ser"
DEFAULTS = {DocumentKind.INVOICE: "{year}-{seq:05d}", DocumentKind.CREDIT_NOTE: "C{year}-{seq:05d}"}


def open_series(session: TenantSession, administration_id: UUID) -> None:
    """Give an administration the series that it lacks, with the usual patterns."""
    rows = [
        {
            "tenant_id": session.tenant_id,
            "id": uuid7(),
            "administration_id": administration_id,
            "kind": kind.value,
            "pattern": pattern,
        }
        for kind, pattern in DEFAULTS.items()
    ]
    keys = ["tenant_id", "administration_id", "kind"]
    session.execute(insert(Series).on_conflict_do_nothing(index_elements=keys), rows)


def set_pattern(
    session: TenantSession,
    actor: Actor,
    *,
    administration_id: UUID,
    kind: str,
    pattern: str,
    first: int | None = None,
) -> Series:
    """Say how the next numbers of a series look and, before the first one, where it starts.

    Raises:
        Forbidden: RIGHT_MISSING.
        Invalid: NUMBER_PATTERN.
        Conflict: SERIES_USED, a start was given to a series that has given numbers.

    """
    actor.must(Right.ADMINISTER)
    parse_pattern(pattern)
    open_series(session, administration_id)
    series = session.scalars(
        select(Series)
        .where(Series.administration_id == administration_id, Series.kind == kind)
        .with_for_update(),
        execution_options={"populate_existing": True},
    ).one()
    if first is not None and first != series.first:
        if series.head:
            raise Conflict(
                "SERIES_USED",
                "The series has given numbers and goes on from the last one.",
                hint="Leave its start as it is.",
            )
        series.next = series.first = first
    series.pattern = pattern
    session.flush()
    details = {"pattern": pattern, "first": series.first}
    record_audit(session, actor, "series.change", public_id(PREFIX, series.id), details)
    return series
