"""Postponed drafts wait for their day and then come back, one open draft for each client."""

from datetime import date

import pytest
from sqlalchemy import select
from tests.drafts.site import ANNA, TODAY, Site
from tests.fixtures.books import Books

from bordereau.drafts import (
    delete_draft,
    fill_drafts,
    get_draft,
    lines_of,
    list_drafts,
    postpone,
    release,
    resume,
)
from bordereau.drafts.tables import Draft
from bordereau.errors import Invalid, Refused
from bordereau.store import TenantSession
from bordereau.tenancy.tables import AuditEvent

DAY = date(2026, 12, 1)


def put_off(session: TenantSession, draft: Draft) -> None:
    postpone(session, ANNA, draft.id, until=DAY, today=TODAY)


def test_a_postponed_draft_is_resumed_only_while_the_client_has_no_other(
    session: TenantSession, site: Site
) -> None:
    site.charge()
    draft = site.fill()
    postpone(session, ANNA, draft.id, until=date(2027, 1, 1), today=TODAY)
    site.charge("5")
    other = site.fill()
    with pytest.raises(Refused) as refusal:
        resume(session, ANNA, draft.id)
    assert refusal.value.code == "DRAFT_OPEN"
    delete_draft(session, ANNA, other.id)
    assert resume(session, ANNA, draft.id).state == "new"


@pytest.mark.row("B13")
def test_a_postponed_draft_is_open_again_on_its_day(session: TenantSession, site: Site) -> None:
    charge = site.charge()
    draft = site.fill()
    put_off(session, draft)
    assert fill_drafts(session, ANNA, as_of=date(2026, 11, 30)).draft_ids == ()
    assert fill_drafts(session, ANNA, as_of=DAY).draft_ids == (draft.id,)
    again = get_draft(session, draft.id)
    assert (again.state, again.delayed_until) == ("new", None)
    assert [line.charge_id for line in lines_of(session, again)] == [charge.id]
    assert release(session, ANNA, draft.id).state == "released"


@pytest.mark.row("B13")
def test_on_their_day_postponed_drafts_join_the_one_that_is_open(
    session: TenantSession, site: Site
) -> None:
    late = []
    for net in ("100", "200"):
        site.charge(net)
        late.append(site.fill())
        put_off(session, late[-1])
    site.charge("300")
    home = site.fill()
    release(session, ANNA, home.id)
    site.charge("400")
    assert fill_drafts(session, ANNA, as_of=DAY).draft_ids == (home.id,)
    (only,) = list_drafts(session)
    assert (only.id, only.state) == (home.id, "changed")
    assert sorted(line.net for line in lines_of(session, only)) == [100, 200, 300, 400]
    assert {get_draft(session, one.id).state for one in late} == {"deleted"}
    told = select(AuditEvent.subject).where(AuditEvent.action == "draft.join")
    assert len(session.scalars(told).all()) == 2


def test_two_postponed_drafts_of_a_client_come_back_as_one(
    session: TenantSession, site: Site
) -> None:
    for net in ("100", "200"):
        site.charge(net)
        put_off(session, site.fill())
    (only,) = fill_drafts(session, ANNA, as_of=DAY).draft_ids
    assert sorted(line.net for line in lines_of(session, get_draft(session, only))) == [100, 200]


def test_a_postponed_draft_of_another_client_waits_while_one_client_is_filled(
    session: TenantSession, site: Site, books: Books
) -> None:
    site.charge()
    put_off(session, site.fill())
    other = books.customer()
    assert fill_drafts(session, ANNA, as_of=DAY, customer_ids=[other.id]).draft_ids == ()


@pytest.mark.parametrize("until", [TODAY, date(2026, 1, 1)])
def test_a_draft_is_postponed_to_a_day_to_come(
    session: TenantSession, site: Site, until: date
) -> None:
    site.charge()
    with pytest.raises(Invalid) as refusal:
        postpone(session, ANNA, site.fill().id, until=until, today=TODAY)
    assert (refusal.value.code, refusal.value.where) == ("DAY_NOT_AHEAD", "until")
