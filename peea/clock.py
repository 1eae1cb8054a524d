"""Times and dates as staff read them. Times are stored in UTC and shown in the zone of the ward. Pure."""

from __future__ import annotations

from datetime import date, datetime, tzinfo

from babel.dates import format_date

from peea.language import Language, current_language, t

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""English month names, whatever language the server is set to."""


def in_zone(iso_utc: str, zone: tzinfo | None = None) -> datetime:
    """Return a stored time (ISO 8601 with offset) in a zone; in that of this machine without one.

    Raises:
        ValueError: the text is no time, or has no offset from UTC.
    """
    moment = datetime.fromisoformat(iso_utc)
    if moment.tzinfo is None:
        raise ValueError(f"the time {iso_utc!r} has no offset from UTC")
    return moment.astimezone(zone)


def time_text(moment: datetime) -> str:
    """Return a time as on the ward's papers.

    >>> time_text(datetime(2026, 11, 1, 4, 5))
    '1 Nov 2026 04:05'
    """
    return f"{date_text(moment)} {moment:%H:%M}"


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
