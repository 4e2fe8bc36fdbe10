"""Ready charges fill the open draft of their client, what is not ready stays out."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from tests.drafts.site import ANNA, TODAY, Site
from tests.fixtures.books import Books

from bordereau.charges import Charge, is_ready
from bordereau.drafts import (
    change_line,
    fill_drafts,
    invoice_drafts,
    lines_of,
    list_drafts,
    release,
)
from bordereau.store import TenantSession


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


@pytest.mark.row("B13")
def test_a_client_of_two_administrations_has_a_draft_in_each(
    session: TenantSession, site: Site, books: Books
) -> None:
    other = books.project(site.customer, books.administration())
    site.charge("100")
    books.charge(other, "30", work_type_id=site.work.id)
    fill_drafts(session, ANNA, as_of=TODAY)
    drafts = list_drafts(session, customer_id=site.customer.id)
    assert {one.administration_id for one in drafts} == {
        site.project.administration_id,
        other.administration_id,
    }
    assert sorted(line.net for one in drafts for line in lines_of(session, one)) == [30, 100]


@pytest.mark.row("B11")
def test_only_the_chosen_lines_join_a_draft_and_the_others_stay_on_the_list(
    session: TenantSession, site: Site
) -> None:
    chosen, left = site.charge("10"), site.charge("20")
    filled = fill_drafts(session, ANNA, as_of=TODAY, charge_ids=[chosen.id])
    assert (filled.taken, filled.refused) == (1, {})
    on_the_list = select(Charge.id).where(is_ready(TODAY))
    assert session.scalars(on_the_list).all() == [left.id]


@pytest.mark.row("B9")
def test_each_chosen_line_that_stays_out_of_the_drafts_says_why(
    session: TenantSession, site: Site, books: Books
) -> None:
    contract = books.contract(site.customer, books.administration())
    expected = {
        site.charge(state="billed").id: "BILLED",
        site.charge(state="written_off").id: "RECORD_WRITTEN_OFF",
        site.charge(state="split").id: "RECORD_SPLIT",
        site.charge(state="open").id: "NOT_APPROVED",
        site.charge(chargeable=False).id: "NOT_CHARGEABLE",
        books.charge(contract).id: "DRAFT_PROJECTS_ONLY",
    }
    filled = fill_drafts(session, ANNA, as_of=TODAY, charge_ids=expected)
    assert (filled.taken, filled.draft_ids, filled.refused) == (0, (), expected)


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


def test_lines_that_join_a_released_draft_ask_for_another_release(
    session: TenantSession, site: Site
) -> None:
    site.charge()
    release(session, ANNA, site.fill().id)
    site.charge("7")
    assert site.fill().state == "changed"


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
