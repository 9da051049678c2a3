from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.nodes.log import LONGEST_INPUT, Log
from domain.values.interpolation import json_text
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


async def test_masks_what_is_called_a_secret_and_what_looks_like_one() -> None:
    log = KeptLog()
    received: JsonObject = {
        "password": "hunter2",
        "headers": {"Authorization": "tok 1", "x-api-key": 7, "accept": "*/*"},
        "said": "use Bearer abc.def",
        "token": {"expires": 3600},
        "secret": None,
        "promptTokens": 12,
    }
    await run(Log, {}, received, log=log)
    assert log.lines[0][2]["input"] == json_text(
        {
            "password": "[REDACTED]",
            "headers": {"Authorization": "[REDACTED]", "x-api-key": "[REDACTED]", "accept": "*/*"},
            "said": "use Bearer [REDACTED]",
            "token": {"expires": 3600},
            "secret": None,
            "promptTokens": 12,
        }
    )


@pytest.mark.parametrize("before", [1_950, 1_970, 1_980])
async def test_leaves_no_half_of_a_secret_where_it_cuts(before: int) -> None:
    log = KeptLog()
    await run(Log, {}, {"text": f"{'x' * before} sk-{'secret' * 20} {'y' * 5_000}"}, log=log)
    assert "secret" not in str(log.lines[0][2]["input"])


class Endless(list[Json]):
    """Fails whoever reads all of it."""

    def __iter__(self) -> Iterator[Json]:
        for at in range(LONGEST_INPUT + 2):
            assert at <= LONGEST_INPUT
            yield at


async def test_does_not_read_on_beyond_the_beginning() -> None:
    log = KeptLog()
    await run(Log, {}, {"numbers": Endless([0])}, log=log)
    assert str(log.lines[0][2]["input"]).startswith('{"numbers":[0,1,2,')


nests = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(st.dictionaries(st.text(), nests, max_size=3))
async def test_writes_inputs_as_json(received: JsonObject) -> None:
    log = KeptLog()
    await run(Log, {}, received, log=log)
    assert log.lines[0][2]["input"] == json_text(received)


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
