"""Pro forma drafts: deleted, edited by two people, each by who may."""

import pytest
from tests.drafts.site import ANNA, TODAY, Site

from bordereau.drafts import change_line, delete_draft, fill_drafts, lines_of
from bordereau.errors import Conflict, Forbidden
from bordereau.store import TenantSession
from bordereau.tenancy import Actor


def test_a_deleted_draft_gives_its_charges_back(session: TenantSession, site: Site) -> None:
    site.charge()
    draft = site.fill()
    delete_draft(session, ANNA, draft.id)
    again = site.fill()
    assert again.id != draft.id
    assert len(lines_of(session, again)) == 1


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
