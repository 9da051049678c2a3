"""Cron expressions fire as the clocks of a zone say, also on the days when those are put forward or back."""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise, takewhile
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.schedules.errors import TimeZoneUnknownHere
from domain.schedules.fire_times import following
from tests.scheduling import CALENDAR, at

ZONES = sorted(available_timezones() - {"localtime"})

# The zone, its expression, from when on, and the times that follow in UTC.
GAPS = [
    # Europe/Berlin, 29 March 2026: 02:00 becomes 03:00 at 01:00 UTC.
    ("Europe/Berlin", "30 2 * * *", "2026-03-28T00:00Z", ["03-28T01:30", "03-29T01:00", "03-30T00:30"]),
    ("Europe/Berlin", "0 30 2 * * *", "2026-03-28T00:00Z", ["03-28T01:30", "03-29T01:00", "03-30T00:30"]),
    ("Europe/Berlin", "0,30 2 * * *", "2026-03-28T20:00Z", ["03-29T01:00", "03-30T00:00", "03-30T00:30"]),
    ("Europe/Berlin", "0 2-4 * * *", "2026-03-28T12:00Z", ["03-29T01:00", "03-29T02:00", "03-30T00:00"]),
    ("Europe/Berlin", "30 3 * * *", "2026-03-28T12:00Z", ["03-29T01:30", "03-30T01:30"]),
    ("Europe/Berlin", "*/30 * * * *", "2026-03-29T00:00Z", ["03-29T00:30", "03-29T01:00", "03-29T01:30"]),
    ("Europe/Berlin", "*/30 2 * * *", "2026-03-28T20:00Z", ["03-30T00:00", "03-30T00:30"]),
    ("Europe/Berlin", "0 * * * *", "2026-03-28T23:30Z", ["03-29T00:00", "03-29T01:00", "03-29T02:00"]),
    # America/New_York, 8 March 2026: 02:00 becomes 03:00 at 07:00 UTC.
    ("America/New_York", "15 2 * * *", "2026-03-07T12:00Z", ["03-08T07:00", "03-09T06:15"]),
    # Australia/Lord_Howe, 4 October 2026: 02:00 becomes 02:30 at 15:30 UTC the day before.
    ("Australia/Lord_Howe", "15 2 * * *", "2026-10-02T00:00Z", ["10-02T15:45", "10-03T15:30", "10-04T15:15"]),
    # America/Santiago, 6 September 2026: midnight becomes 01:00 at 04:00 UTC.
    ("America/Santiago", "30 0 * * *", "2026-09-05T00:00Z", ["09-05T04:30", "09-06T04:00", "09-07T03:30"]),
    ("America/Santiago", "0 0 6 9 *", "2026-09-05T00:00Z", ["09-06T04:00"]),
    # Pacific/Apia had no 30 December 2011: the day ends at 10:00 UTC before it begins.
    ("Pacific/Apia", "0 12 * * *", "2011-12-29T00:00Z", ["12-29T22:00", "12-30T10:00", "12-30T22:00"]),
]
FOLDS = [
    # Europe/Berlin, 25 October 2026: 03:00 becomes 02:00 at 01:00 UTC.
    ("Europe/Berlin", "30 2 * * *", "2026-10-24T12:00Z", ["10-25T00:30", "10-26T01:30"]),
    ("Europe/Berlin", "30 2 * * *", "2026-10-25T01:10Z", ["10-26T01:30"]),
    ("Europe/Berlin", "0 2-4 * * *", "2026-10-24T12:00Z", ["10-25T00:00", "10-25T02:00", "10-25T03:00"]),
    ("Europe/Berlin", "0 * * * *", "2026-10-24T23:30Z", ["10-25T00:00", "10-25T01:00", "10-25T02:00"]),
    ("Europe/Berlin", "*/30 * * * *", "2026-10-25T00:00Z", ["10-25T00:30", "10-25T01:00", "10-25T01:30"]),
    (
        "Europe/Berlin",
        "*/30 2 * * *",
        "2026-10-24T12:00Z",
        ["10-25T00:00", "10-25T00:30", "10-25T01:00", "10-25T01:30", "10-26T01:00"],
    ),
    # America/New_York, 1 November 2026: 02:00 becomes 01:00 at 06:00 UTC.
    ("America/New_York", "30 1 * * *", "2026-10-31T12:00Z", ["11-01T05:30", "11-02T06:30"]),
    # Australia/Lord_Howe, 5 April 2026: 02:00 becomes 01:30 at 15:00 UTC the day before.
    ("Australia/Lord_Howe", "45 1 * * *", "2026-04-03T00:00Z", ["04-03T14:45", "04-04T14:45", "04-05T15:15"]),
    # Africa/Casablanca, 15 February 2026: 03:00 becomes 02:00 at 02:00 UTC, for Ramadan.
    ("Africa/Casablanca", "30 2 * * *", "2026-02-14T12:00Z", ["02-15T01:30", "02-16T02:30"]),
]
HALF_HOURS = [
    # Australia/Lord_Howe, 5 April 2026: 02:00 becomes 01:30 at 15:00 UTC the day before.
    ("Australia/Lord_Howe", "0 */2 * * *", "2026-04-04T12:00Z", ["04-04T13:00", "04-04T15:30", "04-04T17:30"]),
    (
        "Australia/Lord_Howe",
        "*/15 2 * * *",
        "2026-04-04T12:00Z",
        ["04-04T15:30", "04-04T15:45", "04-04T16:00", "04-04T16:15", "04-05T15:30"],
    ),
    ("Australia/Lord_Howe", "30 * * * *", "2026-04-04T14:00Z", ["04-04T14:30", "04-04T15:00", "04-04T16:00"]),
    ("Australia/Lord_Howe", "15 */3 * * *", "2026-04-04T12:00Z", ["04-04T13:15", "04-04T16:45", "04-04T19:45"]),
    # 4 October 2026: 02:00 becomes 02:30 at 15:30 UTC the day before.
    ("Australia/Lord_Howe", "30 * * * *", "2026-10-03T14:30Z", ["10-03T15:00", "10-03T15:30", "10-03T16:30"]),
    ("Australia/Lord_Howe", "15 */3 * * *", "2026-10-03T12:00Z", ["10-03T13:45", "10-03T16:15", "10-03T19:15"]),
]
STEADY = [
    ("Asia/Kathmandu", "0 9 * * *", "2026-03-01T00:00Z", ["03-01T03:15", "03-02T03:15"]),
    ("Asia/Tokyo", "0 9 * * MON", "2026-03-01T00:00Z", ["03-02T00:00", "03-09T00:00"]),
    ("UTC", "0 9 * * 1", "2026-03-01T00:00Z", ["03-02T09:00", "03-09T09:00"]),
    ("UTC", "0 0 29 2 *", "2027-01-01T00:00Z", ["02-29T00:00", "02-29T00:00"]),
    ("UTC", "0 0 13 * FRI", "2026-02-01T00:00Z", ["02-06T00:00", "02-13T00:00", "02-20T00:00"]),
    ("UTC", "*/20 0 0 1 1 *", "2026-12-31T00:00Z", ["01-01T00:00:00", "01-01T00:00:20", "01-01T00:00:40"]),
]


@pytest.mark.parametrize(("zone", "expression", "start", "expected"), GAPS + FOLDS + HALF_HOURS + STEADY)
def test_fires_at_the_times_of_its_zone(zone: str, expression: str, start: str, expected: list[str]) -> None:
    found = following(lambda moment: CALENDAR.after(expression, zone, moment), at(start))
    told = [each.isoformat()[5:] for each in islice(found, len(expected))]
    assert told == [f"{each if each.count(':') == 2 else f'{each}:00'}+00:00" for each in expected]


EXPRESSIONS = st.sampled_from(
    ["* * * * *", "*/7 * * * *", "30 2 * * *", "0,30 0-4 * * *", "15 */3 * * *", "0 0 * * *", "59 59 23 * * SUN"]
)
MOMENTS = st.integers(0, 35 * 365 * 86_400).map(lambda each: at("1995-01-01T00:00Z") + timedelta(seconds=each))


@given(EXPRESSIONS, st.sampled_from(ZONES), MOMENTS)
def test_every_time_is_later_than_the_one_before_and_to_the_second(
    expression: str, zone: str, moment: datetime
) -> None:
    before = moment
    for found in islice(following(lambda each: CALENDAR.after(expression, zone, each), moment), 30):
        assert found > before
        assert (found.tzinfo, found.microsecond) == (UTC, 0)
        before = found


@given(EXPRESSIONS, st.sampled_from(ZONES), MOMENTS, st.timedeltas(timedelta(seconds=1), timedelta(days=2)))
def test_a_later_moment_never_has_an_earlier_next_time(
    expression: str, zone: str, moment: datetime, by: timedelta
) -> None:
    early, late = (CALENDAR.after(expression, zone, each) for each in (moment, moment + by))
    assert early is not None
    assert late is not None
    assert early <= late
    if early > moment + by:
        assert late == early


# What the minutes and the hours of an expression that follows the time are.
PASSING = {
    "* * * * *": (range(60), range(24)),
    "*/7 * * * *": (range(0, 60, 7), range(24)),
    "0 * * * *": ((0,), range(24)),
    "30 * * * *": ((30,), range(24)),
    "5,35 * * * *": ((5, 35), range(24)),
    "0 */2 * * *": ((0,), range(0, 24, 2)),
    "15 */3 * * *": ((15,), range(0, 24, 3)),
    "*/15 2 * * *": (range(0, 60, 15), (2,)),
    "*/20 1-3 * * *": (range(0, 60, 20), (1, 2, 3)),
    "*/10 0 * * *": (range(0, 60, 10), (0,)),
}


def minute_by_minute(expression: str, zone: str, start: datetime, end: datetime) -> list[datetime]:
    """By looking at the clock on the wall each minute. Those of today's zones show whole minutes."""
    minutes, hours = PASSING[expression]
    there = ZoneInfo(zone)
    all_moments = (start + timedelta(minutes=each) for each in range(1, (end - start) // timedelta(minutes=1) + 1))
    return [
        each
        for each in all_moments
        if (shown := each.astimezone(there)).minute in minutes and shown.hour in hours and shown.second == 0
    ]


def near_a_change(zone: str, year: int) -> datetime:
    """The day before the clocks of a zone change for the first time in a year, or its beginning when they do not."""
    there, first = ZoneInfo(zone), datetime(year, 1, 1, tzinfo=UTC)
    days = [first + timedelta(days=each) for each in range(365)]
    changes = (
        day for day, after in pairwise(days) if day.astimezone(there).utcoffset() != after.astimezone(there).utcoffset()
    )
    return next(changes, first)


@given(
    st.sampled_from(list(PASSING)),
    st.sampled_from(["Australia/Lord_Howe", *ZONES]),
    st.integers(1975, 2037),
    st.integers(0, 24 * 60),
)
@settings(deadline=None)
def test_what_follows_the_time_fires_whenever_the_clock_shows_it(
    expression: str, zone: str, year: int, earlier: int
) -> None:
    start = near_a_change(zone, year) - timedelta(minutes=earlier)
    end = start + timedelta(days=3)
    found = following(lambda moment: CALENDAR.after(expression, zone, moment), start)
    assert [*takewhile(lambda each: each <= end, found)] == minute_by_minute(expression, zone, start, end)


@pytest.mark.parametrize("expression", PASSING)
@pytest.mark.parametrize("start", ["2026-04-03T00:00Z", "2026-10-02T11:39Z"])
def test_nothing_is_lost_where_clocks_change_by_half_an_hour(expression: str, start: str) -> None:
    end = at(start) + timedelta(days=3)
    found = following(lambda moment: CALENDAR.after(expression, "Australia/Lord_Howe", moment), at(start))
    looked = minute_by_minute(expression, "Australia/Lord_Howe", at(start), end)
    assert [*takewhile(lambda each: each <= end, found)] == looked


def test_what_follows_the_time_is_found_years_ahead() -> None:
    leap_day = CALENDAR.after("*/30 * 29 2 *", "Australia/Lord_Howe", at("2026-03-01T00:00Z"))
    assert leap_day == at("2028-02-28T13:00Z")


@pytest.mark.parametrize("expression", ["0 9 * * 1", "*/5 * * * *", "0 0 L * *", "0 9 * * MON-FRI", "*/15 * * * * *"])
def test_takes_what_is_cron(expression: str) -> None:
    assert CALENDAR.refusal(expression) is None


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "* * * *",
        "61 * * * *",
        "* 24 * * *",
        "0 0 30 2 *",
        "a b c d e",
        "@daily",
        "* * * * * * *",
        "\0 * * * *",
        "१ * * * *",
    ],
)
def test_says_what_is_wrong_with_an_expression(expression: str) -> None:
    assert CALENDAR.refusal(expression)


@given(st.text(max_size=40))
def test_never_stumbles_over_what_is_no_cron(expression: str) -> None:
    assert CALENDAR.refusal(expression) is None or CALENDAR.refusal(expression)


def test_knows_the_zones_of_the_world_and_no_paths() -> None:
    assert all(map(CALENDAR.knows_zone, ("UTC", "Europe/Berlin", "America/Argentina/Ushuaia")))
    assert not any(map(CALENDAR.knows_zone, ("", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "UTC\0")))


def test_what_means_another_zone_on_each_machine_is_none() -> None:
    assert not CALENDAR.knows_zone("localtime")


def test_says_so_when_another_machine_knew_a_zone() -> None:
    with pytest.raises(TimeZoneUnknownHere, match="Mars/Olympus"):
        CALENDAR.after("* * * * *", "Mars/Olympus", at("2026-03-28T00:00Z"))
