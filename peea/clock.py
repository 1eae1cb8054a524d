"""Times and dates as staff read them. Times are stored in UTC and shown in the zone of the ward.

The zone is that of the innermost `using_zone`, else the one that `set_zone` set for this process (app.py does, from the
settings of the site), else that of this machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, tzinfo

from babel.dates import format_date

from peea.language import Language, current_language, t

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""English month names, whatever language the server is set to."""


_zone: ContextVar[tzinfo | None] = ContextVar("zone", default=None)
_site_zone: tzinfo | None = None


def set_zone(zone: tzinfo | None) -> None:
    """Show times in this zone from here on in every thread; None is the zone of this machine."""
    global _site_zone
    _site_zone = zone


@contextmanager
def using_zone(zone: tzinfo | None) -> Iterator[None]:
    """Show times in this zone inside the block."""
    token = _zone.set(zone)
    try:
        yield
    finally:
        _zone.reset(token)


def in_zone(iso_utc: str, zone: tzinfo | None = None) -> datetime:
    """Return a stored time (ISO 8601 with offset) in a zone; in that of the ward without one.

    Raises:
        ValueError: the text is no time, or has no offset from UTC.
    """
    moment = datetime.fromisoformat(iso_utc)
    if moment.tzinfo is None:
        raise ValueError(f"the time {iso_utc!r} has no offset from UTC")
    return on_ward(moment, zone)


def on_ward(moment: datetime, zone: tzinfo | None = None) -> datetime:
    """Return an aware time in a zone; in that of the ward without one."""
    return moment.astimezone(zone or _zone.get() or _site_zone)


def at_clock(day: date, clock: time, zone: tzinfo | None = None) -> datetime:
    """Return the time in UTC at which the ward's clock shows this, as staff type it into a form.

    In the hour that the autumn change repeats it is the first of the two; a time that the spring change skips is moved
    on by the hour that is missing.

    >>> from zoneinfo import ZoneInfo
    >>> at_clock(date(2026, 10, 25), time(2, 30), ZoneInfo("Europe/Berlin")).isoformat()
    '2026-10-25T00:30:00+00:00'
    """
    local = datetime.combine(day, clock)
    zone = zone or _zone.get() or _site_zone
    return (local.replace(tzinfo=zone) if zone is not None else local.astimezone()).astimezone(UTC)


def time_text(moment: datetime) -> str:
    """Return a time as on the ward's papers.

    >>> time_text(datetime(2026, 11, 1, 4, 5))
    '1 Nov 2026 04:05'
    """
    return f"{date_text(moment)} {moment:%H:%M}"


def near_time_text(moment: datetime, now: datetime) -> str:
    """Return a time without its date where that is today or yesterday, both aware and in one zone.

    >>> near_time_text(datetime(2026, 11, 1, 4, 5), datetime(2026, 11, 2, 8, 0))
    'yesterday 04:05'
    """
    clock = f"{moment:%H:%M}"
    days = (now.date() - moment.date()).days
    if days == 0:
        return t("today {clock}", clock=clock)
    return t("yesterday {clock}", clock=clock) if days == 1 else time_text(moment)


def date_text(day: date) -> str:
    """Return a date as on the ward's papers, in the current language.

    >>> date_text(date(1941, 3, 9))
    '9 Mar 1941'
    """
    language = current_language()
    if language is Language.ENGLISH:
        # Babel's British English has "Sept"; the months here all have three letters, as on the ward's papers.
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    return format_date(day, "long", locale=language.value.replace("-", "_"))


def zone_name(moment: datetime) -> str:
    """Return the name of a time's zone, such as CET, for the axis of a chart."""
    return moment.tzname() or t("local time")
