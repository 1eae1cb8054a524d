"""Times as staff read them."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from peea.clock import at_clock, in_zone, time_text, using_zone, zone_name


def test_a_stored_time_is_shown_in_the_zone_of_the_ward():
    berlin = ZoneInfo("Europe/Berlin")
    assert time_text(in_zone("2026-11-21T23:30:00+00:00", berlin)) == "22 Nov 2026 00:30"
    assert zone_name(in_zone("2026-11-21T23:30:00+00:00", berlin)) == "CET"
    assert zone_name(in_zone("2026-07-01T12:00:00+00:00", berlin)) == "CEST"


def test_the_two_o_clocks_of_the_night_when_summer_ends_stay_apart():
    berlin = ZoneInfo("Europe/Berlin")
    summer, winter = in_zone("2026-10-25T00:30:00+00:00", berlin), in_zone("2026-10-25T01:30:00+00:00", berlin)
    assert time_text(summer) == time_text(winter) == "25 Oct 2026 02:30"
    assert summer.astimezone(UTC) != winter.astimezone(UTC)
    assert zone_name(summer) != zone_name(winter)


def test_a_time_without_offset_is_refused():
    with pytest.raises(ValueError, match="no offset from UTC"):
        in_zone("2026-11-21T14:05:00")


def test_english_months_whatever_the_server_speaks():
    assert time_text(datetime(2026, 3, 5, 7, 9)) == "5 Mar 2026 07:09"


def test_without_a_zone_it_is_the_wards():
    with using_zone(ZoneInfo("Asia/Shanghai")):
        assert time_text(in_zone("2026-11-21T18:30:00+00:00")) == "22 Nov 2026 02:30"
        assert time_text(in_zone("2026-11-21T18:30:00+00:00", UTC)) == "21 Nov 2026 18:30"


@pytest.mark.parametrize(
    ("day", "clock", "utc"),
    [
        (date(2026, 11, 21), time(0, 10), "2026-11-20T23:10:00+00:00"),
        (date(2026, 10, 25), time(2, 30), "2026-10-25T00:30:00+00:00"),
        (date(2026, 10, 25), time(3, 0), "2026-10-25T02:00:00+00:00"),
        (date(2026, 3, 29), time(2, 30), "2026-03-29T01:30:00+00:00"),
    ],
)
def test_what_the_wards_clock_shows_becomes_one_moment(day, clock, utc):
    with using_zone(ZoneInfo("Europe/Berlin")):
        assert at_clock(day, clock).isoformat() == utc
