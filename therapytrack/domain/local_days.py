"""Days of a place and moments in UTC: what is typed as first and last day holds from and until a moment."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LAST_INSTANT = timedelta(microseconds=1)


def midnight(day: date, zone: str) -> datetime:
    """The first instant of `day` where `zone` is."""
    return datetime.combine(day, time(), ZoneInfo(zone))


def end_of(last: date | None, zone: str) -> datetime | None:
    """The moment from which something is over whose last day is `last`; None for no end."""
    return None if last is None else midnight(last + timedelta(days=1), zone)


def first_day(starts_at: datetime, zone: str) -> date:
    """The local day on which something begins."""
    return starts_at.astimezone(ZoneInfo(zone)).date()


def last_day(ends_at: datetime | None, zone: str) -> date | None:
    """The last local day on which something that ends at `ends_at` (not included) still counts; None for no end."""
    return None if ends_at is None else (ends_at - LAST_INSTANT).astimezone(ZoneInfo(zone)).date()
