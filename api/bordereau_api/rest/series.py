"""Number series of administrations: how numbers look, and whether the chain is sound."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy import select

from bordereau.errors import NotFound
from bordereau.invoices import RegisterEntry, number_register, set_pattern, verify_chain
from bordereau.invoices.tables import Series
from bordereau.store import TenantSession
from bordereau.tenancy.tables import Administration
from bordereau.values.ids import public_id
from bordereau_api.rest.call import Administrator, Reader
from bordereau_api.rest.paging import Paged, read_cursor, write_cursor
from bordereau_api.rest.requirements import must_exist
from bordereau_api.rest.shapes import AdministrationId, InvoiceId, Money, Page, SeriesId, Shape

router = APIRouter(prefix="/administrations/{administration_id}/series", tags=["invoices"])
DocumentKindCode = Literal["380", "381"]


class SeriesOut(Shape):
    """A gapless number series; `head` is the hash of its last invoice."""

    id: SeriesId
    administration: AdministrationId
    kind: str
    pattern: str
    first: int
    next: int
    head: str
    last_date: date | None


class SeriesIn(Shape):
    """How the next numbers look, such as `F{year}-{seq:05d}`, and where a new series starts."""

    pattern: Annotated[str, Field(max_length=100)]
    first: Annotated[int, Field(ge=1, le=10**9)] | None = None


class ChainFaultOut(Shape):
    """Something that is not as it was issued."""

    sequence: int
    number: str
    code: str
    message: str


class ChainOut(Shape):
    """What the check of a series found."""

    series: SeriesId
    sound: bool
    checked: int
    head: str
    faults: list[ChainFaultOut]


class NumberOut(Shape):
    """A number and what became of it: issued, voided, credited, partly_credited or missing."""

    sequence: int
    number: str
    fate: str
    invoice: InvoiceId | None
    issue_date: date | None
    customer: str
    total: Money | None
    reason: str
    actor: str
    credited_by: list[str]


@router.get("")
def list_series(call: Reader, administration_id: AdministrationId) -> Page[SeriesOut]:
    """List the series of an administration; they open with the first number or pattern."""
    with call.session() as session:
        must_exist(session, Administration, [administration_id], "administration")
        found = session.scalars(
            select(Series)
            .where(Series.administration_id == administration_id)
            .order_by(Series.kind)
        )
        return Page(data=[_shape(one) for one in found])


@router.put("/{kind}")
def put_series(
    call: Administrator, administration_id: AdministrationId, kind: DocumentKindCode, body: SeriesIn
) -> SeriesOut:
    """Say how the next numbers look: 380 for invoices, 381 for credit notes."""
    with call.session() as session:
        must_exist(session, Administration, [administration_id], "administration")
        made = set_pattern(
            session,
            call.actor,
            administration_id=administration_id,
            kind=kind,
            pattern=body.pattern,
            first=body.first,
        )
        return _shape(made)


@router.get("/{kind}/numbers")
def list_numbers(
    call: Reader, administration_id: AdministrationId, kind: DocumentKindCode, paged: Paged
) -> Page[NumberOut]:
    """List every number of a series with what became of it, gaps included."""
    after = read_cursor(paged.cursor, (int,))
    with call.session() as session:
        series_id = _series(session, administration_id, kind).id
        found = number_register(
            session, series_id, after=after[0] if after else 0, limit=paged.limit + 1
        )
    shown = found[: paged.limit]
    next_cursor = write_cursor([shown[-1].sequence]) if len(found) > len(shown) else None
    if next_cursor:
        paged.link(next_cursor)
    data = [_number(one) for one in shown]
    return Page(data=data, has_more=next_cursor is not None, next_cursor=next_cursor)


@router.get("/{kind}/check")
def check_series(
    call: Reader, administration_id: AdministrationId, kind: DocumentKindCode
) -> ChainOut:
    """Check every invoice of a series: no gap, nothing changed, the chain unbroken."""
    with call.session() as session:
        report = verify_chain(session, _series(session, administration_id, kind).id)
    return ChainOut(
        series=report.series_id,
        sound=report.sound,
        checked=report.checked,
        head=report.head,
        faults=[ChainFaultOut.model_validate(one) for one in report.faults],
    )


def _series(session: TenantSession, administration_id: AdministrationId, kind: str) -> Series:
    found = session.scalars(
        select(Series).where(Series.administration_id == administration_id, Series.kind == kind)
    ).one_or_none()
    if found is None:
        raise NotFound("series", f"{public_id('adm', administration_id)}/{kind}")
    return found


def _number(one: RegisterEntry) -> NumberOut:
    total = Money.of(one.total, one.currency) if one.currency else None
    return NumberOut.from_row(one, total=total, credited_by=list(one.credited_by))


def _shape(row: Series) -> SeriesOut:
    return SeriesOut.from_row(row)
