"""Triggers are read as editors and older systems stored them; what cannot fire is said and hinders nothing."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.schedules.read_triggers import MOST_SCHEDULES, read_plans, schedule_warnings
from domain.schedules.schedule import MissedPolicy, OverlapPolicy
from domain.schedules.specification import LONGEST_INTERVAL, SHORTEST_INTERVAL, Cron, Interval
from domain.values.json import Json, JsonObject
from domain.workflows.graph import Graph
from tests.make import a_graph, a_node
from tests.scheduling import CALENDAR, CONFIG_WARNINGS, triggered

HOUR = Interval(period=timedelta(hours=1))
NINE = Cron(expression="0 9 * * 1")
MONDAYS = Cron(expression="0 9 * * mon", timezone="Europe/Berlin")


@pytest.mark.parametrize(
    ("config", "specification"),
    [
        ({"intervalMs": 3_600_000}, HOUR),
        ({"intervalMs": 3_600_000.0}, HOUR),
        ({"intervalMs": "3600000"}, HOUR),
        ({"intervalMs": " 3.6e6 "}, HOUR),
        ({"intervalMs": "3600000", "cron": ""}, HOUR),
        ({"intervalMs": "3600000", "cron": None}, HOUR),
        ({"intervalMs": "3600000", "cron": "0 9 * * 1"}, HOUR),
        ({"cron": "0 9 * * 1"}, NINE),
        ({"cron": "  0  9\t* *   1 ", "intervalMs": ""}, NINE),
        ({"cron": "0 9 * * 1", "intervalMs": 0}, NINE),
        ({"cron": "0 9 * * 1", "intervalMs": "0"}, NINE),
        ({"cron": "0 9 * * 1", "intervalMs": None}, NINE),
        (
            {"cron": "0 9 * * mon", "timezone": " Europe/Berlin "},
            MONDAYS,
        ),
        ({"cron": "*/10 * * * * *", "timezone": ""}, Cron(expression="*/10 * * * * *")),
    ],
)
def test_reads_text_and_numbers_and_takes_blanks_for_nothing(
    config: dict[str, Json], specification: Cron | Interval
) -> None:
    assert [plan.specification for plan in read_plans(triggered(**config), CALENDAR)] == [specification]


def test_reads_the_policies() -> None:
    (usual,) = read_plans(triggered(intervalMs=60_000, onMissed="", onOverlap=None), CALENDAR)
    assert (usual.on_missed, usual.on_overlap) == (MissedPolicy.SKIP, OverlapPolicy.ALLOW)
    (chosen,) = read_plans(triggered(intervalMs=60_000, onMissed="latest", onOverlap="skip"), CALENDAR)
    assert (chosen.on_missed, chosen.on_overlap) == (MissedPolicy.LATEST, OverlapPolicy.SKIP)


UNFIT: list[tuple[dict[str, Json], str, str]] = [
    ({}, "cron", "required"),
    ({"intervalMs": 59_999}, "intervalMs", "out_of_range"),
    ({"intervalMs": -60_000}, "intervalMs", "out_of_range"),
    ({"intervalMs": "soon"}, "intervalMs", "wrong_type"),
    ({"intervalMs": 10**15}, "intervalMs", "out_of_range"),
    ({"intervalMs": "1e300"}, "intervalMs", "out_of_range"),
    ({"cron": "9 o'clock"}, "cron", "malformed"),
    ({"cron": "61 * * * *"}, "cron", "malformed"),
    ({"cron": "0 0 30 2 *"}, "cron", "malformed"),
    ({"cron": 5}, "cron", "wrong_type"),
    ({"cron": "0 9 * * " + ",".join(["1"] * 200)}, "cron", "too_long"),
    ({"cron": "0 9 * * *", "timezone": "Mars/Olympus"}, "timezone", "unknown_zone"),
    ({"cron": "0 9 * * *", "onMissed": "perhaps"}, "onMissed", "unknown_choice"),
    ({"cron": "0 9 * * *", "onOverlap": "perhaps"}, "onOverlap", "unknown_choice"),
]


@pytest.mark.parametrize(("config", "field", "code"), UNFIT)
def test_what_cannot_fire_is_warned_of_and_does_not(config: dict[str, Json], field: str, code: str) -> None:
    graph = triggered(**config)
    assert [(fault.path, fault.code) for fault in CONFIG_WARNINGS(graph)] == [(("nodes", 0, "config", field), code)]
    assert read_plans(graph, CALENDAR) == []


def test_says_that_an_interval_outweighs_a_cron_expression() -> None:
    (warning,) = schedule_warnings(triggered(intervalMs=60_000, cron="0 9 * * *"), CALENDAR)
    assert (warning.path, warning.code) == (("nodes", 0, "config", "cron"), "ignored")


def test_each_trigger_has_a_plan_of_its_own_and_unfit_ones_keep_none_from_it() -> None:
    graph = many({"cron": "5 * * * *"}, {"cron": "99 * * * *"}, {"cron": "7 * * * *"})
    assert [plan.specification for plan in read_plans(graph, CALENDAR)] == [
        Cron(expression="5 * * * *"),
        Cron(expression="7 * * * *"),
    ]


def test_only_so_many_triggers_of_one_workflow_fire() -> None:
    minutely: JsonObject = {"intervalMs": 60_000}
    graph = many(*[minutely] * (MOST_SCHEDULES + 2))
    assert len(read_plans(graph, CALENDAR)) == MOST_SCHEDULES
    assert [fault.path for fault in schedule_warnings(graph, CALENDAR)] == [
        ("nodes", MOST_SCHEDULES),
        ("nodes", MOST_SCHEDULES + 1),
    ]


def many(*configs: JsonObject) -> Graph:
    nodes = {f"t{at}": a_node(f"t{at}", "schedule-trigger", config) for at, config in enumerate(configs)}
    return a_graph(*nodes, nodes=nodes)


values = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.lists(st.integers())
configs = st.fixed_dictionaries(
    {},
    optional={
        "cron": values | st.sampled_from(["* * * * *", "0 0 29 2 *", "0 0 L * *"]),
        "intervalMs": values | st.integers(min_value=59_990, max_value=10**12),
        "timezone": values | st.sampled_from(["Europe/Berlin"]),
        "onMissed": values | st.sampled_from(["all"]),
        "onOverlap": values,
    },
)


@given(configs)
def test_whatever_is_configured_either_fires_or_is_warned_of(config: dict[str, Json]) -> None:
    graph = triggered(**config)
    plans = read_plans(graph, CALENDAR)
    assert plans or CONFIG_WARNINGS(graph)
    for plan in plans:
        if isinstance(plan.specification, Interval):
            assert SHORTEST_INTERVAL <= plan.specification.period <= LONGEST_INTERVAL
        else:
            assert CALENDAR.refusal(plan.specification.expression) is None
            assert CALENDAR.knows_zone(plan.specification.timezone)
