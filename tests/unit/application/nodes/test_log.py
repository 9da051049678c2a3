import pytest

from application.nodes.log import Log
from domain.values.json import Json, JsonObject
from tests.unit.application.nodes.running import EXECUTION_ID, NOW_TEXT, KeptLog, faults, run


async def test_writes_the_message_as_it_stands_with_the_input() -> None:
    log = KeptLog()
    await run(Log, {"level": "warn", "message": "Got {{a}}"}, {"a": 1.0, "b": ["ü"]}, log=log)
    details: JsonObject = {"executionId": str(EXECUTION_ID), "nodeId": "node", "input": '{"a":1,"b":["ü"]}'}
    assert log.lines == [("warn", "Got {{a}}", details)]


async def test_writes_the_beginning_of_long_inputs_only() -> None:
    log = KeptLog()
    await run(Log, {}, {"text": "x" * 1_000_000}, log=log)
    written = str(log.lines[0][2]["input"])
    assert len(written) == 2_000
    assert written.endswith("x…")


async def test_replaces_the_input_with_a_receipt() -> None:
    output = await run(Log, {"level": "error", "message": "bad"}, {"a": 1})
    assert output.data == {"logged": True, "level": "error", "message": "bad", "timestamp": NOW_TEXT}
    assert output.produced == output.data


@pytest.mark.parametrize("config", [{}, {"level": "", "message": ""}])
async def test_has_defaults(config: JsonObject) -> None:
    output = await run(Log, config)
    assert (output.data["level"], output.data["message"]) == ("info", "Workflow log entry")


@pytest.mark.parametrize("level", ["loud", 1])
def test_refuses_unknown_levels(level: Json) -> None:
    assert faults(Log, {"level": level}) == [("level", "unknown_choice")]
