"""The lines of a draft: what becomes of each, amounts added by hand, lines taken out."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from bordereau.catalog.fields import Day
from bordereau.catalog.tables import Project, WorkType
from bordereau.drafts import add_line, change_line, get_draft, remove_line
from bordereau.store import TenantSession
from bordereau.tenancy import today
from bordereau_api.rest.call import tag
from bordereau_api.rest.draft_shapes import DraftLineOut, DraftWithLines
from bordereau_api.rest.drafts import Drafter, shape_line, with_lines
from bordereau_api.rest.requirements import IfMatch, must_exist, must_match
from bordereau_api.rest.shapes import DraftId, Given, LineId, ProjectId, Shape, WorkTypeId, given

router = APIRouter(prefix="/drafts/{draft_id}/lines", tags=["drafts"])
Words = Annotated[str, Field(max_length=4000)]


class NewLine(Shape):
    """An amount on top of the costs (a `…_plus` method), or before they exist (`…_advance`)."""

    method: str
    name: Annotated[str, Field(min_length=1, max_length=300)]
    amount: Given
    work_type: WorkTypeId
    day: Day | None = None
    project: ProjectId | None = None


class LineChange(Shape):
    """What changes; the net amount follows quantity and price."""

    method: str | None = None
    name: Words | None = None
    quantity: Given | None = None
    unit_price: Given | None = None
    reason: Words | None = None


@router.post("", status_code=201, response_model=DraftLineOut)
def add_draft_line(call: Drafter, draft_id: DraftId, body: NewLine) -> Response:
    """Add an amount by hand; a released draft must then be released again."""

    def work(session: TenantSession) -> DraftLineOut:
        must_exist(session, WorkType, [body.work_type], "work type")
        must_exist(session, Project, [body.project] if body.project else (), "project")
        made = add_line(
            session,
            call.actor,
            draft_id,
            method=body.method,
            name=body.name,
            amount=body.amount,
            work_type_id=body.work_type,
            day=body.day or today(session),
            project_id=body.project,
        )
        return shape_line(made)

    return call.once(work)


@router.patch("/{line_id}")
def patch_draft_line(
    call: Drafter,
    draft_id: DraftId,
    line_id: LineId,
    body: LineChange,
    response: Response,
    if_match: IfMatch = None,
) -> DraftWithLines:
    """Change a line; `If-Match` is the ETag of the draft."""
    with call.session() as session:
        must_match(if_match, get_draft(session, draft_id, lock=True).version)
        change_line(session, call.actor, draft_id, line_id, **given(body))
        answer = with_lines(session, draft_id)
        tag(response, answer.version)
        return answer


@router.delete("/{line_id}")
def delete_draft_line(call: Drafter, draft_id: DraftId, line_id: LineId) -> DraftWithLines:
    """Take a line out; its charge is back on the to-bill list."""
    with call.session() as session:
        remove_line(session, call.actor, draft_id, line_id)
        return with_lines(session, draft_id)
