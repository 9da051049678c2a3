"""People learn at saving what their retry policies will not get."""

import pytest

from domain.values.json import JsonObject
from domain.workflows.graph import Graph
from tests.make import a_node
from tests.scheduling import CONFIG_WARNINGS


def _warned(config: JsonObject, *controls: JsonObject) -> list[tuple[tuple[str | int, ...], str]]:
    others = [a_node(f"c{at}", "execution-control", control) for at, control in enumerate(controls)]
    graph = Graph(nodes=(a_node("a", "log", config), *others))
    return [(fault.path, fault.code) for fault in CONFIG_WARNINGS(graph)]


@pytest.mark.parametrize("attempts", [5, "10", 99])
def test_more_attempts_than_a_run_allows(attempts: int | str) -> None:
    found = _warned({"retryEnabled": "true", "retryMaxAttempts": attempts})
    assert found[-1] == (("nodes", 0, "config", "retryMaxAttempts"), "over_run_limit")
    nested = _warned({"retryPolicy": {"enabled": True, "maxAttempts": attempts}, "retryMaxAttempts": 2})
    assert nested[-1] == (("nodes", 0, "config", "retryPolicy", "maxAttempts"), "over_run_limit")


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"retryEnabled": True},
        {"retryEnabled": True, "retryMaxAttempts": "4"},
        {"retryEnabled": False, "retryMaxAttempts": 10},
        {"retryEnabled": True, "retryMaxAttempts": "", "retryDelayMs": ""},
        {"retryPolicy": {"enabled": True, "maxAttempts": 3}, "retryMaxAttempts": 10},
    ],
)
def test_nothing_about_what_a_run_allows(config: JsonObject) -> None:
    assert _warned(config) == []


def test_a_control_node_can_raise_the_limit_and_does_not_lower_it() -> None:
    policy: JsonObject = {"retryEnabled": True, "retryMaxAttempts": 6}
    assert _warned(policy, {"action": "set-max-retries", "value": "5"}) == []
    assert len(_warned(policy, {"action": "set-max-retries", "value": 4})) == 1
    assert len(_warned(policy, {"action": "increment-retry", "value": 9})) == 1
    assert _warned({**policy, "retryMaxAttempts": 4}, {"action": "set-max-retries", "value": 0}) == []


@pytest.mark.parametrize(
    ("config", "place", "code"),
    [
        ({"retryMaxAttempts": "many"}, ("retryMaxAttempts",), "wrong_type"),
        ({"retryMaxAttempts": 0}, ("retryMaxAttempts",), "out_of_range"),
        ({"retryDelayMs": "60000"}, ("retryDelayMs",), "out_of_range"),
        ({"retryPolicy": {"delayMs": True}, "retryDelayMs": 1}, ("retryPolicy", "delayMs"), "wrong_type"),
    ],
)
def test_numbers_that_cannot_be_taken_as_they_are(config: JsonObject, place: tuple[str, ...], code: str) -> None:
    assert _warned(config) == [(("nodes", 0, "config", *place), code)]


def test_says_nothing_twice_where_a_node_has_a_field_of_the_same_name() -> None:
    graph = Graph(nodes=(a_node("a", "evaluation", {"retryDelayMs": "soon"}),))
    assert [fault.path for fault in CONFIG_WARNINGS(graph)] == [("nodes", 0, "config", "retryDelayMs")]


def test_a_limit_that_cannot_be_read_stops_no_saving() -> None:
    assert _warned({}, {"action": "set-max-retries", "value": "lots"}) == [
        (("nodes", 1, "config", "value"), "wrong_type")
    ]
