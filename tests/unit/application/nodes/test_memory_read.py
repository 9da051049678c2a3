import pytest

from application.nodes.memory_read import MemoryRead
from application.nodes.node import NodeFailed
from domain.values.json import Json
from tests.unit.application.nodes.running import NOW_TEXT, faults, run


async def test_finds_what_was_remembered() -> None:
    output = await run(MemoryRead, {"memoryKey": "session.summary"}, {"a": 1}, memory={"session.summary": "s"})
    assert output.data == {
        "a": 1,
        "_memoryValue": "s",
        "_memoryRead": {"key": "session.summary", "found": True, "usedDefault": False, "readAt": NOW_TEXT},
    }
    assert set(output.produced) == {"_memoryValue", "_memoryRead"}


async def test_dots_are_part_of_the_name() -> None:
    output = await run(MemoryRead, {"memoryKey": "a.b", "defaultValue": 0}, memory={"a": {"b": 1}})
    assert output.data["_memoryValue"] == 0


@pytest.mark.parametrize("value", ["semantic", "", None, [], 0])
async def test_falls_back_to_the_default_even_where_required(value: Json) -> None:
    config: dict[str, Json] = {"memoryKey": "k", "defaultValue": value, "required": "true", "outputKey": "preferred"}
    output = await run(MemoryRead, config)
    assert output.data["preferred"] == value
    assert output.produced["_memoryRead"] == {"key": "k", "found": False, "usedDefault": True, "readAt": NOW_TEXT}


async def test_is_null_where_nothing_is_found_and_nothing_asked() -> None:
    output = await run(MemoryRead, {"memoryKey": "k", "outputKey": ""}, {"_memoryValue": "old"})
    assert output.data["_memoryValue"] is None
    assert output.produced["_memoryRead"] == {"key": "k", "found": False, "usedDefault": False, "readAt": NOW_TEXT}


async def test_fails_where_something_required_is_missing() -> None:
    with pytest.raises(NodeFailed, match='"k" was not found'):
        await run(MemoryRead, {"memoryKey": "k", "required": True})


def test_needs_a_key() -> None:
    assert faults(MemoryRead, {"memoryKey": ""}) == [("memoryKey", "required")]
