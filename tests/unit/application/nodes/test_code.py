import pytest

from application.nodes.code import Code
from application.nodes.node import NodeFailed, NodeMisconfigured
from application.ports.script_sandbox import (
    ConsoleLine,
    ScriptFailed,
    ScriptKind,
    ScriptOutOfMemory,
    ScriptTimedOut,
    ScriptUnparsable,
)
from domain.errors import Unavailable
from domain.values.json import UNDEFINED, Json, JsonObject, MaybeJson
from tests.fakes.script_sandbox import FakeScriptSandbox
from tests.unit.application.engine.stage import Stage, drawn, node
from tests.unit.application.nodes.running import EXECUTION_ID, KeptLog, faults, run


async def _output(value: MaybeJson) -> JsonObject:
    output = await run(Code, {"code": "…"}, {"in": 1}, scripts=FakeScriptSandbox(value=value))
    assert output.produced == output.data
    return output.data


async def test_gives_the_script_the_input_and_its_time() -> None:
    scripts = FakeScriptSandbox()
    await run(Code, {"code": " return input ", "timeoutMs": "2500"}, {"a": 1}, scripts=scripts)
    (asked,) = scripts.asked
    assert (asked.source, asked.kind, asked.variables) == (" return input ", ScriptKind.BODY, {"input": {"a": 1}})
    assert asked.limit_seconds == 2.5


async def test_a_script_has_ten_seconds_unless_it_says_otherwise() -> None:
    scripts = FakeScriptSandbox()
    await run(Code, {"code": "1", "timeoutMs": ""}, scripts=scripts)
    assert scripts.asked[0].limit_seconds == 10


async def test_an_object_replaces_the_input() -> None:
    assert await _output({"a": 1}) == {"a": 1}


@pytest.mark.parametrize("value", [None, 0, False, "text", [], [{"a": 1}]])
async def test_anything_else_becomes_the_result(value: Json) -> None:
    assert await _output(value) == {"result": value}


async def test_undefined_is_no_output() -> None:
    assert await _output(UNDEFINED) == {}


@pytest.mark.parametrize("config", [{}, {"code": ""}, {"code": "  "}, {"code": None}])
def test_needs_code(config: JsonObject) -> None:
    assert faults(Code, config) == [("code", "required")]


@pytest.mark.parametrize("limit", [0, -1, "0", 300_001])
def test_the_time_has_limits_itself(limit: Json) -> None:
    assert faults(Code, {"code": "1", "timeoutMs": limit}) == [("timeoutMs", "out_of_range")]


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (ScriptFailed("TypeError: x", line=3), "TypeError: x (line 3)"),
        (ScriptTimedOut("It did not end within 10 ms"), "It did not end within 10 ms"),
        (ScriptOutOfMemory("It needed more"), "It needed more"),
        (Unavailable("Scripts cannot be run"), "Scripts cannot be run"),
    ],
)
async def test_says_what_went_wrong(failure: Exception, said: str) -> None:
    with pytest.raises(NodeFailed) as failed:
        await run(Code, {"code": "1"}, scripts=FakeScriptSandbox(failure=failure))
    assert str(failed.value) == f"Code execution failed: {said}"


async def test_what_cannot_be_parsed_is_a_fault_of_the_config() -> None:
    scripts = FakeScriptSandbox(failure=ScriptUnparsable("SyntaxError: Unexpected token ';'", line=2))
    with pytest.raises(NodeMisconfigured, match=r'"code" is not valid JavaScript: SyntaxError: .* \(line 2\)$'):
        await run(Code, {"code": "let b = ;"}, scripts=scripts)


async def test_the_console_is_the_workers_log() -> None:
    log, scripts = KeptLog(), FakeScriptSandbox(console=(ConsoleLine(level="log", text="a"),))
    await run(Code, {"code": "1"}, log=log, scripts=scripts)
    scripts.failure = ScriptFailed("no", console=(ConsoleLine(level="warn", text="b"),))
    with pytest.raises(NodeFailed):
        await run(Code, {"code": "1"}, log=log, scripts=scripts)
    about: JsonObject = {"executionId": str(EXECUTION_ID), "nodeId": "node"}
    assert log.lines == [("info", "a", about), ("warn", "b", about)]


async def test_a_run_records_unparsable_code_as_a_fault_of_the_config_and_tries_no_more() -> None:
    stage = Stage()
    stage.scripts.failure = ScriptUnparsable("SyntaxError: Unexpected token ';'")
    record = await stage.ran(drawn(node("c", "code", code="let b = ;", retryEnabled=True, retryMaxAttempts=3)))
    said = 'Node "c" (code) validation failed: "code" is not valid JavaScript: SyntaxError: Unexpected token \';\''
    assert record.status == ("failed", f'Node "c" (code) failed: {said}')
    assert (record.step("c")["input"], record.step("c")["output"], record.step("c")["error"]) == ({}, None, said)
    assert len(stage.scripts.asked) == 1


async def test_a_run_tries_failing_code_again_as_its_policy_says() -> None:
    stage = Stage()
    stage.scripts.failure = ScriptFailed("Error: no")
    record = await stage.ran(drawn(node("c", "code", code="throw Error('no')", retryEnabled=True, retryMaxAttempts=2)))
    assert record.step("c")["error"] == "Code execution failed: Error: no"
    assert len(stage.scripts.asked) == 2
