import pytest

from application.nodes.execution_control import ExecutionControl
from application.nodes.node import NodeOutput
from domain.executions.context import Control
from domain.values.json import Json, JsonObject
from tests.unit.application.nodes.running import NOW_TEXT, faults, run

BEFORE = Control(loop_count=4, retry_count=2)


def _control(output: NodeOutput) -> Control:
    assert output.patch is not None
    assert output.patch.control is not None
    return output.patch.control


@pytest.mark.parametrize(
    ("config", "after"),
    [
        ({}, Control(loop_count=4, retry_count=3)),
        ({"action": "increment-retry", "value": 2}, Control(loop_count=4, retry_count=4)),
        ({"action": "increment-loop"}, Control(loop_count=5, retry_count=2)),
        ({"action": "reset-retry"}, Control(loop_count=4, retry_count=0)),
        ({"action": "reset-loop"}, Control(loop_count=0, retry_count=2)),
        ({"action": "set-max-retries", "value": "7"}, Control(loop_count=4, retry_count=2, max_retries=7)),
        ({"action": "set-max-retries", "value": 0}, Control(loop_count=4, retry_count=2, max_retries=0)),
        ({"action": "set-max-loops", "value": 50.9}, Control(loop_count=4, retry_count=2, max_loops=50)),
        ({"action": "set-max-loops", "value": 0}, Control(loop_count=4, retry_count=2, max_loops=1)),
        ({"action": "terminate"}, Control(loop_count=4, retry_count=2, terminate=True)),
    ],
)
async def test_changes_what_the_action_says_and_nothing_else(config: JsonObject, after: Control) -> None:
    assert _control(await run(ExecutionControl, config, control=BEFORE)) == after


async def test_takes_back_a_termination() -> None:
    output = await run(ExecutionControl, {"action": "clear-terminate"}, control=Control(terminate=True))
    assert _control(output).terminate is False


@pytest.mark.parametrize(("value", "by"), [("", 1), (None, 1), ("3", 3), (2.9, 2), (0, 0), (-5, 0)])
async def test_a_cleared_value_is_one_and_a_negative_one_nothing(value: Json, by: int) -> None:
    output = await run(ExecutionControl, {"action": "increment-loop", "value": value})
    assert _control(output).loop_count == by


async def test_passes_the_input_on_and_tells_the_new_state() -> None:
    output = await run(ExecutionControl, {"action": "reset-loop"}, {"a": 1, "route": "x"}, control=BEFORE)
    assert output.data == {
        "a": 1,
        "route": "x",
        "_control": {
            "action": "reset-loop",
            "reason": None,
            "state": {"loopCount": 0, "retryCount": 2, "maxLoops": 20, "maxRetries": 3, "terminate": False},
            "updatedAt": NOW_TEXT,
        },
    }
    assert set(output.produced) == {"_control"}


@pytest.mark.parametrize(
    ("config", "memory"),
    [
        ({"action": "terminate", "reason": "done"}, {"control.terminateReason": "done"}),
        ({"action": "terminate", "reason": ""}, {}),
        ({"action": "terminate"}, {}),
        ({"action": "reset-loop", "reason": "done"}, {}),
    ],
)
async def test_remembers_why_a_run_is_ended(config: JsonObject, memory: JsonObject) -> None:
    output = await run(ExecutionControl, config)
    assert output.patch is not None
    assert output.patch.memory == memory


def test_refuses_what_it_cannot_read() -> None:
    assert faults(ExecutionControl, {"action": "explode"}) == [("action", "unknown_choice")]
    assert faults(ExecutionControl, {"value": "few"}) == [("value", "wrong_type")]
