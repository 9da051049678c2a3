import pytest

from application.nodes.schedule_trigger import ScheduleTrigger
from domain.values.json import Json, JsonObject
from tests.unit.application.nodes.running import faults, run

TICK: JsonObject = {"_trigger": "schedule", "_scheduledAt": "2026-11-22T22:00:00.000Z"}


async def test_hands_on_the_tick_and_vouches_for_all_of_it() -> None:
    output = await run(ScheduleTrigger, {"cron": "0 * * * *"}, TICK)
    assert output.data == TICK
    assert output.produced == TICK


@pytest.mark.parametrize(
    "config",
    [
        {"cron": "*/5 * * * *"},
        {"cron": "  0 0  * * 1 "},
        {"cron": "30 */5 * * * *"},
        {"intervalMs": 60_000},
        {"intervalMs": "3600000"},
        {"intervalMs": "", "cron": "0 9 * * *"},
        {"intervalMs": 0, "cron": "0 9 * * *"},
        {"intervalMs": None, "cron": "0 9 * * *"},
        {"intervalMs": 90_000.5, "cron": ""},
    ],
)
def test_takes_a_cron_expression_or_an_interval_also_as_editors_store_them(config: JsonObject) -> None:
    assert faults(ScheduleTrigger, config) == []


@pytest.mark.parametrize("config", [{}, {"cron": "", "intervalMs": ""}, {"intervalMs": 0}, {"cron": None}])
def test_needs_one_of_them(config: JsonObject) -> None:
    assert faults(ScheduleTrigger, config) == [("cron", "required")]


@pytest.mark.parametrize("cron", ["hourly", "* * * *", "* * * * * * *"])
def test_refuses_a_cron_expression_of_another_number_of_fields(cron: str) -> None:
    assert faults(ScheduleTrigger, {"cron": cron}) == [("cron", "malformed")]


@pytest.mark.parametrize(
    ("interval", "code"),
    [
        (59_999, "out_of_range"),
        ("1000", "out_of_range"),
        (-1, "out_of_range"),
        ("soon", "wrong_type"),
        ([], "wrong_type"),
    ],
)
def test_refuses_intervals_under_a_minute_and_what_is_no_number(interval: Json, code: str) -> None:
    assert faults(ScheduleTrigger, {"intervalMs": interval}) == [("intervalMs", code)]
