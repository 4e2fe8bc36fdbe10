"""Open and closed: an entry goes into an open period only (rows B62, B64, B65)."""

from datetime import date, timedelta

from bordereau.errors import Invalid, Refused

MOST_MONTHS = 240


def first_open_day(closed_until: date) -> date:
    """Return the first day of the next open period."""
    return closed_until + timedelta(days=1)


def is_open(day: date, closed_until: date | None) -> bool:
    """Say whether a day lies after everything that is closed."""
    return closed_until is None or day > closed_until


def must_be_open(day: date, closed_until: date | None) -> None:
    """Go on only if a day takes entries.

    Raises:
        Refused: PERIOD_CLOSED, with the first open day.

    """
    if closed_until is not None and day <= closed_until:
        first = first_open_day(closed_until)
        raise Refused(
            "PERIOD_CLOSED",
            f"The period of {day} is closed.",
            hint=f"Take an entry date from {first} on, or carry forward what is not booked.",
            details={"day": day.isoformat(), "first_open_day": first.isoformat()},
        )


def months(first: date, last: date) -> tuple[date, int]:
    """Return the first day of a range of months, and how many months it has.

    Args:
        first: any day of the first month.
        last: any day of the last month.

    Raises:
        Invalid: NO_PERIODS or TOO_MANY_PERIODS.

    """
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    if count < 1:
        raise Invalid("NO_PERIODS", "The last period lies before the first.", where="last")
    if count > MOST_MONTHS:
        raise Invalid(
            "TOO_MANY_PERIODS",
            f"Revenue is spread over {MOST_MONTHS} months at most.",
            where="last",
        )
    return first.replace(day=1), count
