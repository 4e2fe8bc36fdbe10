"""Local dates: moments are stored in UTC and belong to the day in the account's zone (A41)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def zone_named(name: str) -> ZoneInfo:
    """Return a time zone by its IANA name, such as Europe/Paris.

    Raises:
        ValueError: there is no such zone.

    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is not a time zone, such as Europe/Paris") from error


def local_date(moment: datetime, zone: str) -> date:
    """Return the calendar day on which a moment falls for people in the zone.

    Raises:
        ValueError: the moment has no zone of its own, or the zone is unknown.

    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone, so its day is unknown")
    return moment.astimezone(zone_named(zone)).date()


def day_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """Return the first moment of a local day and of the next one, in UTC.

    A day may last 23, 24 or 25 hours; where midnight is skipped, the day starts at the change.
    """
    return _first_moment(day, zone), _first_moment(day + timedelta(days=1), zone)


def _first_moment(day: date, zone: str) -> datetime:
    return datetime.combine(day, time.min, zone_named(zone)).astimezone(UTC)
