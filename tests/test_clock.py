"""Times as staff read them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from peea.clock import in_zone, time_text, zone_name


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
