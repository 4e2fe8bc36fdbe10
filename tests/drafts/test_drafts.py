"""Pro forma drafts, from the to-bill list to the final invoice."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from tests.fixtures.books import Books

from bordereau.catalog.tables import Customer, Project, WorkType
from bordereau.charges.tables import Charge
from bordereau.drafts import (
    add_line,
    change_line,
    delete_draft,
    fill_drafts,
    get_draft,
    invoice_drafts,
    lines_of,
    list_drafts,
    postpone,
    release,
    remove_line,
    resume,
)
from bordereau.errors import Conflict, Forbidden, Refused
from bordereau.invoices.tables import Allocation, Invoice, InvoiceLine
from bordereau.store import TenantSession
from bordereau.tenancy import Actor

TODAY = date(2026, 11, 21)
ANNA = Actor.installation("anna")


@dataclass
class Site:
    """A project of one client, with its work type at 20 %."""

    books: Books
    customer: Customer
    project: Project
    work: WorkType

    def charge(self, net: str = "100", **values: Any) -> Charge:
        return self.books.charge(self.project, net, work_type_id=self.work.id, **values)

    def fill(self) -> Any:
        filled = fill_drafts(self.books.session, ANNA, as_of=TODAY)
        return get_draft(self.books.session, filled.draft_ids[0])


@pytest.fixture
def site(books: Books) -> Site:
    administration = books.administration()
    customer = books.customer()
    tax = books.tax_code("20")
    work = books.work_type(tax_code_id=tax.id, name="Chantier")
    return Site(books, customer, books.project(customer, administration), work)


def state_of(session: TenantSession, charge: Charge) -> str:
    return session.scalars(select(Charge.state).where(Charge.id == charge.id)).one()


@pytest.mark.row("B13")
def test_ready_charges_join_the_one_open_draft_of_their_client(
    session: TenantSession, site: Site
) -> None:
    site.charge("100")
    first = site.fill()
    site.charge("50", worked_on=date(2026, 10, 20))
    second = site.fill()
    assert first.id == second.id
    assert [line.net for line in lines_of(session, second)] == [Decimal(100), Decimal(50)]
    assert len(list_drafts(session)) == 1
    assert (second.period_start, second.period_end) == (date(2026, 10, 15), date(2026, 10, 21))


@pytest.mark.row("B13")
def test_each_client_has_a_draft_of_its_own(
    session: TenantSession, site: Site, books: Books
) -> None:
    other = books.project(books.customer(), books.administration())
    site.charge()
    books.charge(other, "30", work_type_id=site.work.id)
    assert len(fill_drafts(session, ANNA, as_of=TODAY).draft_ids) == 2
    assert len(list_drafts(session)) == 2


def test_what_is_not_ready_or_must_stand_alone_stays_out_and_says_why(
    session: TenantSession, site: Site, books: Books
) -> None:
    abroad = books.tax_code("0", category="K", exemption="Article 138")
    later = site.charge(ready_on=date(2027, 1, 1))
    instalment = site.charge(kind="instalment")
    foreign = site.charge(tax_code_id=abroad.id)
    good = site.charge()
    filled = fill_drafts(
        session,
        ANNA,
        as_of=TODAY,
        charge_ids=[later.id, instalment.id, foreign.id, good.id],
    )
    assert filled.taken == 1
    assert filled.refused == {
        later.id: "PERIOD_OPEN",
        instalment.id: "INSTALMENT_MIXED",
        foreign.id: "DRAFT_TAX",
    }


@pytest.mark.row("B14")
def test_a_draft_that_is_not_released_makes_no_invoice(session: TenantSession, site: Site) -> None:
    site.charge()
    draft = site.fill()
    with pytest.raises(Refused) as refusal:
        invoice_drafts(session, ANNA, [draft.id], invoice_date=TODAY)
    assert refusal.value.code == "DRAFT_NOT_RELEASED"


@pytest.mark.row("B14")
@pytest.mark.parametrize(
    "change",
    [
        lambda s, d, line: change_line(s, ANNA, d.id, line.id, name="Other text"),
        lambda s, d, line: remove_line(s, ANNA, d.id, line.id),
    ],
)
def test_a_change_after_the_release_asks_for_another_release(
    session: TenantSession, site: Site, change: Callable[..., Any]
) -> None:
    site.charge()
    draft = site.fill()
    release(session, ANNA, draft.id)
    change(session, draft, lines_of(session, draft)[0])
    assert get_draft(session, draft.id).state == "changed"


def test_lines_that_join_a_released_draft_ask_for_another_release(
    session: TenantSession, site: Site
) -> None:
    site.charge()
    release(session, ANNA, site.fill().id)
    site.charge("7")
    assert site.fill().state == "changed"


@pytest.mark.row("B15", "B1", "B56")
def test_a_released_draft_becomes_the_final_invoice_as_it_was_edited(
    session: TenantSession, site: Site
) -> None:
    kept = site.charge("100", surcharge_percent=Decimal(5))
    edited = site.charge("60")
    draft = site.fill()
    line = next(one for one in lines_of(session, draft) if one.charge_id == edited.id)
    change_line(
        session, ANNA, draft.id, line.id, name="Remise", quantity=Decimal(2), unit_price=Decimal(20)
    )
    release(session, ANNA, draft.id)
    (done,) = invoice_drafts(session, ANNA, [draft.id], invoice_date=TODAY)
    invoice = session.get_one(Invoice, (session.tenant_id, done.invoice_ids[0]))
    assert [invoice.net, invoice.tax, invoice.total] == [Decimal(140), Decimal(28), Decimal(168)]
    assert (invoice.state, invoice.origin, invoice.draft_id) == ("draft", "project", draft.id)
    names = session.scalars(
        select(InvoiceLine.name).where(InvoiceLine.invoice_id == invoice.id)
    ).all()
    assert sorted(names) == ["Remise", "Something useful"]
    behind = session.scalars(
        select(Allocation.charge_id).where(Allocation.invoice_id == invoice.id)
    ).all()
    assert set(behind) == {kept.id, edited.id}
    assert state_of(session, kept) == "billed"
    assert get_draft(session, draft.id).state == "invoiced"


def test_what_is_delayed_stays_in_a_new_draft_and_what_is_written_off_is_gone(
    session: TenantSession, site: Site
) -> None:
    now, later, never = site.charge("10"), site.charge("20"), site.charge("30")
    draft = site.fill()
    for line in lines_of(session, draft):
        method = {later.id: "delay", never.id: "write_off"}.get(line.charge_id)
        if method:
            change_line(session, ANNA, draft.id, line.id, method=method)
    release(session, ANNA, draft.id)
    (done,) = invoice_drafts(session, ANNA, [draft.id], invoice_date=TODAY)
    assert done.successor_id is not None
    successor = get_draft(session, done.successor_id)
    assert [line.charge_id for line in lines_of(session, successor)] == [later.id]
    assert [state_of(session, one) for one in (now, later, never)] == [
        "billed",
        "closed",
        "written_off",
    ]


@pytest.mark.row("B13")
def test_the_next_period_follows_the_invoiced_one_unless_lines_stayed_behind(
    session: TenantSession, site: Site
) -> None:
    def bill_work_of(*days: int, delay: bool = False) -> tuple[date | None, date | None]:
        for day in days:
            site.charge(worked_on=date(2026, 10, day))
        draft = site.fill()
        for place, line in enumerate(lines_of(session, draft)):
            method = "delay" if delay and place else "invoice"
            change_line(session, ANNA, draft.id, line.id, method=method)
        release(session, ANNA, draft.id)
        invoice_drafts(session, ANNA, [draft.id], invoice_date=TODAY)
        return draft.period_start, draft.period_end

    assert bill_work_of(5, 7) == (date(2026, 10, 5), date(2026, 10, 8))
    assert bill_work_of(12, 14, delay=True) == (date(2026, 10, 8), date(2026, 10, 15))
    assert bill_work_of(19) == (date(2026, 10, 8), date(2026, 10, 20))  # the 14th stayed behind
    assert bill_work_of(2) == (date(2026, 10, 2), date(2026, 10, 3))  # late altogether


def test_an_advance_is_billed_and_leaves_its_negative_amount_behind(
    session: TenantSession, site: Site
) -> None:
    site.charge("10")
    draft = site.fill()
    add_line(
        session,
        ANNA,
        draft.id,
        method="invoice_advance",
        name="Acompte",
        amount=Decimal(500),
        work_type_id=site.work.id,
        day=TODAY,
        project_id=site.project.id,
    )
    release(session, ANNA, draft.id)
    (done,) = invoice_drafts(session, ANNA, [draft.id], invoice_date=TODAY)
    invoice = session.get_one(Invoice, (session.tenant_id, done.invoice_ids[0]))
    assert invoice.net == 510
    assert done.successor_id is not None
    left = lines_of(session, get_draft(session, done.successor_id))
    assert [(line.method, line.net) for line in left] == [("delay_advance", Decimal(-500))]


def test_a_draft_in_which_all_is_written_off_makes_no_invoice(
    session: TenantSession, site: Site
) -> None:
    charge = site.charge()
    draft = site.fill()
    change_line(session, ANNA, draft.id, lines_of(session, draft)[0].id, method="write_off")
    release(session, ANNA, draft.id)
    (done,) = invoice_drafts(session, ANNA, [draft.id], invoice_date=TODAY)
    assert (done.invoice_ids, done.reason, done.successor_id) == ((), "WRITTEN_OFF", None)
    assert state_of(session, charge) == "written_off"


def test_a_deleted_draft_gives_its_charges_back(session: TenantSession, site: Site) -> None:
    site.charge()
    draft = site.fill()
    delete_draft(session, ANNA, draft.id)
    again = site.fill()
    assert again.id != draft.id
    assert len(lines_of(session, again)) == 1


def test_a_postponed_draft_is_resumed_only_while_the_client_has_no_other(
    session: TenantSession, site: Site
) -> None:
    site.charge()
    draft = site.fill()
    postpone(session, ANNA, draft.id, until=date(2027, 1, 1))
    site.charge("5")
    other = site.fill()
    with pytest.raises(Refused) as refusal:
        resume(session, ANNA, draft.id)
    assert refusal.value.code == "DRAFT_OPEN"
    delete_draft(session, ANNA, other.id)
    assert resume(session, ANNA, draft.id).state == "new"


def test_two_people_editing_the_same_draft_do_not_overwrite_each_other(
    session: TenantSession, site: Site
) -> None:
    site.charge()
    draft = site.fill()
    seen, line = draft.version, lines_of(session, draft)[0]
    change_line(session, ANNA, draft.id, line.id, name="First", version=seen)
    with pytest.raises(Conflict) as refusal:
        change_line(session, ANNA, draft.id, line.id, name="Second", version=seen)
    assert refusal.value.code == "STALE_VERSION"


def test_drafts_need_their_right(session: TenantSession) -> None:
    with pytest.raises(Forbidden):
        fill_drafts(session, Actor("nobody", frozenset({"read"})), as_of=TODAY)
