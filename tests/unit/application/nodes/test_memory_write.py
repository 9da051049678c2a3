import pytest

from application.nodes.memory_write import MemoryWrite
from application.nodes.node import NodeFailed, NodeOutput
from domain.executions.durable_memory import LARGEST_VALUE_BYTES, MOST_KEYS, DurableWrite, MemoryOperation
from domain.values.json import Json, JsonObject
from tests.unit.application.nodes.running import NOW_TEXT, faults, remembering, run

SET, APPEND, INCREMENT = MemoryOperation.SET, MemoryOperation.APPEND, MemoryOperation.INCREMENT
RECEIVED: JsonObject = {"content": "hello", "none": None, "n": 2.0, "user": {"id": 7}}


def _remembered(output: NodeOutput) -> JsonObject:
    assert output.patch is not None
    return output.patch.memory


@pytest.mark.parametrize(
    ("config", "value"),
    [
        ({"valuePath": "user.id", "valueTemplate": "t", "value": 1}, 7),
        ({"valuePath": " content "}, "hello"),
        ({"valuePath": "", "valueTemplate": "{{content}} {{n}} {{user}} {{x}}", "value": 1}, 'hello 2 {"id":7} {{x}}'),
        ({"valuePath": " ", "valueTemplate": "", "value": 1}, 1),
        ({"value": None}, None),
        ({"value": ""}, ""),
        ({"value": False}, False),
        ({}, RECEIVED),
        ({"valuePath": "missing", "value": 1}, None),
        ({"valuePath": "none", "value": 1}, None),
    ],
)
async def test_sets_what_the_first_given_source_says(config: JsonObject, value: Json) -> None:
    output = await run(MemoryWrite, {"memoryKey": "k", **config}, RECEIVED)
    assert _remembered(output) == {"k": value}
    assert output.data["_memoryValue"] == value


@pytest.mark.parametrize(
    ("previous", "following"),
    [
        ([], ["hello"]),
        ([1], [1, "hello"]),
        (None, ["hello"]),
        ("old", ["old", "hello"]),
        ({"a": 1}, [{"a": 1}, "hello"]),
    ],
)
async def test_appends_to_an_array_or_makes_one(previous: Json, following: Json) -> None:
    config: JsonObject = {"memoryKey": "k", "operation": "append", "valuePath": "content"}
    assert _remembered(await run(MemoryWrite, config, RECEIVED, memory={"k": previous})) == {"k": following}
    assert _remembered(await run(MemoryWrite, config, RECEIVED)) == {"k": ["hello"]}


@pytest.mark.parametrize(
    ("previous", "by", "following"),
    [
        (1, 2, 3),
        (1, None, 2),
        (1, "", 2),
        ("41", "1", 42),
        ("1.5", 1, 2.5),
        ("many", 1, 1),
        (True, 1, 1),
        (None, 1, 1),
        ([4], 1, 1),
        (1, -3, -2),
        (0.1, 0.2, 0.30000000000000004),
        (0.5, 0.5, 1),
    ],
)
async def test_increments_numbers_and_begins_at_zero_with_what_is_none(
    previous: Json, by: Json, following: Json
) -> None:
    config: JsonObject = {"memoryKey": "k", "operation": "increment", "incrementBy": by, "value": "ignored"}
    remembered = _remembered(await run(MemoryWrite, config, memory={"k": previous}))["k"]
    assert remembered == following
    assert isinstance(remembered, float) is isinstance(following, float)


async def test_does_not_count_beyond_what_numbers_can_say() -> None:
    config: JsonObject = {"memoryKey": "k", "operation": "increment", "incrementBy": 1.7e308}
    with pytest.raises(NodeFailed, match="too large"):
        await run(MemoryWrite, config, memory={"k": 1.7e308})


async def test_passes_the_input_on_with_the_value_and_a_receipt() -> None:
    config: JsonObject = {"memoryKey": " k ", "value": 2, "outputKey": "summary"}
    output = await run(MemoryWrite, config, {"a": 1}, memory={"k": 1})
    assert output.data == {
        "a": 1,
        "summary": 2,
        "_memoryWrite": {"key": "k", "operation": "set", "previousValue": 1, "nextValue": 2, "updatedAt": NOW_TEXT},
    }
    assert set(output.produced) == {"summary", "_memoryWrite"}


@pytest.mark.parametrize("switch", [False, "false"])
async def test_can_keep_the_value_out_of_the_output_and_tells_no_previous_value_where_none_was(switch: Json) -> None:
    output = await run(MemoryWrite, {"memoryKey": "k", "value": 2, "includeInOutput": switch}, {"a": 1})
    receipt: JsonObject = {"key": "k", "operation": "set", "nextValue": 2, "updatedAt": NOW_TEXT}
    assert output.data == {"a": 1, "_memoryWrite": receipt}


async def test_a_cleared_output_key_is_the_default() -> None:
    assert "_memoryValue" in (await run(MemoryWrite, {"memoryKey": "k", "outputKey": ""})).data


async def test_does_not_change_what_was_remembered_in_place() -> None:
    memory: JsonObject = {"k": [1]}
    await run(MemoryWrite, {"memoryKey": "k", "operation": "append", "value": 2}, memory=memory)
    assert memory == {"k": [1]}


def test_refuses_what_it_cannot_read() -> None:
    assert faults(MemoryWrite, {"memoryKey": " "}) == [("memoryKey", "required")]
    assert faults(MemoryWrite, {"memoryKey": "k", "operation": "drop"}) == [("operation", "unknown_choice")]
    assert faults(MemoryWrite, {"memoryKey": "k", "incrementBy": "two"}) == [("incrementBy", "wrong_type")]


@pytest.mark.parametrize(
    ("config", "previous", "told", "write"),
    [
        ({"value": 1}, "old", 1, DurableWrite(key="k", operation=SET, given=1, first=1)),
        ({"operation": "append", "value": 2}, [1], [1, 2], DurableWrite(key="k", operation=APPEND, given=2, first=[2])),
        ({"operation": "increment"}, 41, 42, DurableWrite(key="k", operation=INCREMENT, given=1, first=1)),
        ({"operation": "increment"}, "41", 42, DurableWrite(key="k", operation=INCREMENT, given=1, first=42)),
    ],
)
async def test_hands_over_the_operation_for_the_workflows_memory_and_tells_what_it_saw_coming(
    config: JsonObject, previous: Json, told: Json, write: DurableWrite
) -> None:
    lasting: JsonObject = {"memoryKey": "k", "scope": "workflow"}
    output = await run(
        MemoryWrite, {**lasting, **config}, {}, memory={"k": 7}, workflow_memory=remembering({"k": previous})
    )
    assert output.durable == (write,)
    assert output.data["_memoryValue"] == told
    assert output.data["_memoryWrite"] == {
        "key": "k",
        "scope": "workflow",
        "operation": write.operation.value,
        "previousValue": previous,
        "nextValue": told,
        "updatedAt": NOW_TEXT,
    }
    assert _remembered(output) == {"k": told}


async def test_the_runs_memory_lasts_no_longer_than_the_run() -> None:
    assert (await run(MemoryWrite, {"memoryKey": "k", "value": 1, "scope": "run"})).durable == ()


async def test_a_workflow_does_not_remember_without_bounds() -> None:
    config: JsonObject = {"memoryKey": "k", "scope": "workflow", "value": "é" * (LARGEST_VALUE_BYTES // 2)}
    with pytest.raises(NodeFailed, match=f"{LARGEST_VALUE_BYTES + 2} bytes"):
        await run(MemoryWrite, config)
    assert (await run(MemoryWrite, {**config, "scope": "run"})).durable == ()
    full = remembering({f"{at}": at for at in range(MOST_KEYS)})
    with pytest.raises(NodeFailed, match="already remembers 100 keys"):
        await run(MemoryWrite, {"memoryKey": "new", "scope": "workflow", "value": 1}, workflow_memory=full)
    await run(MemoryWrite, {"memoryKey": "7", "scope": "workflow", "value": 1}, workflow_memory=full)
