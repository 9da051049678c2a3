import pytest

from application.nodes.memory_read import MemoryRead
from application.nodes.node import NodeFailed
from application.ports.workflow_memory import Recalled
from domain.errors import Unavailable
from domain.executions.context import ContextPatch
from domain.ids import WorkflowId
from domain.values.json import Json
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore
from tests.fakes.workflow_memory import FakeWorkflowMemory
from tests.unit.application.nodes.running import NOW_TEXT, faults, remembering, run


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


async def test_the_workflows_memory_is_another_one_and_what_comes_from_it_is_in_the_runs_from_then_on() -> None:
    workflow = remembering({"k": "lasting"})
    config: dict[str, Json] = {"memoryKey": "k", "scope": "workflow"}
    output = await run(MemoryRead, config, memory={"k": "passing"}, workflow_memory=workflow)
    told: Json = {"key": "k", "scope": "workflow", "found": True, "usedDefault": False, "readAt": NOW_TEXT}
    assert output.data == {"_memoryValue": "lasting", "_memoryRead": told}
    assert output.patch == ContextPatch(memory={"k": "lasting"})
    assert (await run(MemoryRead, {"memoryKey": "k"}, workflow_memory=workflow)).data["_memoryValue"] is None


async def test_a_default_is_in_the_runs_memory_too_but_nothing_is_not() -> None:
    config: dict[str, Json] = {"memoryKey": "routing.preferredRetriever", "scope": "workflow"}
    output = await run(MemoryRead, {**config, "defaultValue": "semantic"})
    assert output.patch == ContextPatch(memory={"routing.preferredRetriever": "semantic"})
    assert (await run(MemoryRead, config)).patch is None
    assert (await run(MemoryRead, {**config, "defaultValue": "semantic", "scope": "run"})).patch is None


class Gone(FakeWorkflowMemory):
    async def recall(self, workflow_id: WorkflowId, key: str) -> Recalled:
        raise Unavailable("away")


async def test_a_memory_out_of_reach_fails_the_node() -> None:
    with pytest.raises(NodeFailed, match="cannot be reached"):
        await run(MemoryRead, {"memoryKey": "k", "scope": "workflow"}, workflow_memory=Gone(FakeStore(FakeClock())))


def test_knows_two_scopes_and_bounds_the_keys_of_the_lasting_one() -> None:
    assert faults(MemoryRead, {"memoryKey": "k", "scope": ""}) == []
    assert faults(MemoryRead, {"memoryKey": "k", "scope": "user"}) == [("scope", "unknown_choice")]
    assert faults(MemoryRead, {"memoryKey": "k" * 256, "scope": "workflow"}) == [("memoryKey", "out_of_range")]
    assert faults(MemoryRead, {"memoryKey": "k" * 256}) == []
