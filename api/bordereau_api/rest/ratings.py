"""Ratings: all contracts of an account become charges in the background (row A31)."""

import json
from datetime import date, datetime

from fastapi import APIRouter, Response

from bordereau.catalog.fields import Day
from bordereau.charges.tables import Rating
from bordereau.store import TenantSession
from bordereau.tenancy import today
from bordereau_api.rating import ask, get_rating
from bordereau_api.rest.call import Reader
from bordereau_api.rest.charges import Recorder
from bordereau_api.rest.running import ErrorOut
from bordereau_api.rest.shapes import RatingId, Shape

router = APIRouter(prefix="/ratings", tags=["charges"])


class RatingIn(Shape):
    """Up to which day to rate all contracts, by default today."""

    until: Day | None = None


class RatingStateOut(Shape):
    """A rating: running, done or failed, and how many of its contracts are rated."""

    id: RatingId
    until: date
    state: str
    done: int
    total: int
    error: ErrorOut | None
    created_by: str
    created_at: datetime


@router.post("", status_code=202, response_model=RatingStateOut)
def start_rating(call: Recorder, body: RatingIn) -> Response:
    """Have a worker rate all contracts; while one rating runs, the answer is that one.

    `Location` says where its progress is told; lists can be read meanwhile and fill in.
    """

    def work(session: TenantSession) -> RatingStateOut:
        until = body.until or today(session)
        return _shape(ask(session, call.house.enqueue, call.actor, until))

    answer = call.once(work, 202)
    path = call.route.removeprefix("POST ").split("?")[0]
    where = f"{path}/{json.loads(bytes(answer.body))['id']}"
    answer.headers.update({"Location": where, "Retry-After": "2"})
    return answer


@router.get("/{rating_id}")
def read_rating(call: Reader, rating_id: RatingId) -> RatingStateOut:
    """Return how far a rating is."""
    with call.session() as session:
        return _shape(get_rating(session, rating_id))


def _shape(row: Rating) -> RatingStateOut:
    return RatingStateOut.from_row(row, error=ErrorOut(**row.error) if row.error else None)
