"""What one run leaves for the next: nothing that was written at the same time is lost."""

import asyncio
from itertools import product
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.executions.durable_memory import DurableWrite, MemoryOperation
from domain.ids import WorkflowId
from domain.values.json import UNDEFINED, Json
from domain.workflows.errors import WorkflowNotFound
from tests.contracts.conftest import Keeping
from tests.contracts.scenes import Scene, a_scene

SET, APPEND, INCREMENT = MemoryOperation.SET, MemoryOperation.APPEND, MemoryOperation.INCREMENT


def a_write(key: str, operation: MemoryOperation, given: Json, previous: Json = None) -> DurableWrite:
    return DurableWrite.of(key, operation, given, previous=previous)


async def kept(scene: Scene) -> dict[str, Json]:
    return {each.key: each.value for each in await scene.store.memory.entries(scene.workflow.id)}


async def test_recalls_what_was_written_last_and_how_much_there_is(store: Keeping) -> None:
    scene = await a_scene(store)
    assert (await store.memory.recall(scene.workflow.id, "a")).value is UNDEFINED
    await store.remember(scene.workflow.id, [a_write("b.c", SET, 1), a_write("a", SET, {"z": [1.5, None], "a": "\0"})])
    await store.remember(scene.workflow.id, [a_write("b.c", SET, None)])
    recalled = await store.memory.recall(scene.workflow.id, "a")
    assert (recalled.value, recalled.keys) == ({"z": [1.5, None], "a": "\0"}, 2)
    assert (await store.memory.recall(scene.workflow.id, "b.c")).value is None
    assert (await store.memory.recall(scene.workflow.id, "b")).value is UNDEFINED
    assert list(await kept(scene)) == ["a", "b.c"]


async def test_tells_workflows_apart(store: Keeping) -> None:
    one, other = await a_scene(store), await a_scene(store, "grace@example.com")
    await store.remember(one.workflow.id, [a_write("a", SET, 1)])
    assert await kept(other) == {}


async def test_loses_no_increment_and_no_item_of_those_who_write_at_once(store: Keeping) -> None:
    scene, writers = await a_scene(store), 8
    writes = [[a_write("list", APPEND, at), a_write("count", INCREMENT, 2)] for at in range(writers)]
    await asyncio.gather(*(store.remember(scene.workflow.id, each) for each in writes))
    memory = await kept(scene)
    assert memory["count"] == 2 * writers
    assert isinstance(memory["list"], list)
    assert sorted(memory["list"], key=str) == list(range(writers))


NUMBERS_KEPT: list[Json] = [0, 41, -3, 1.0, 2.5, -0.5, 0.1, 2**53 - 1, 2**53 + 1, 10**25, 1e17, 1e-7, 1.7e308, 10**400]
OTHERS_KEPT: list[Json] = ["41", "many", "", None, True, [], [1, {"b": "]", "a": 2}], [None], {}, {"z": 1, "a": [2]}]
INCREMENTS: list[Json] = [1, -4, 2.0, 0.2, 0.5, 1e17, 2**62, 1.7e308, -1.7e308]
ITEMS: list[Json] = ["x", None, [1], {"k": "\0é"}]
WRITES = [*product([INCREMENT], INCREMENTS), *product([APPEND], ITEMS), *product([SET], ITEMS)]


async def test_carries_operations_out_on_whatever_is_there(store: Keeping) -> None:
    scene = await a_scene(store)
    cases = {
        f"{at}": (before, *write) for at, (before, write) in enumerate(product([*NUMBERS_KEPT, *OTHERS_KEPT], WRITES))
    }
    await store.remember(scene.workflow.id, [a_write(key, SET, before) for key, (before, _, _) in cases.items()])
    writes = [a_write(key, operation, given, before) for key, (before, operation, given) in cases.items()]
    await store.remember(scene.workflow.id, writes)
    memory = await kept(scene)
    expected = {each.key: each.after(cases[each.key][0]) for each in writes}
    assert {key: (cases[key], memory[key]) for key in cases} == {key: (cases[key], expected[key]) for key in cases}


NUMBERS = st.integers(-(2**70), 2**70) | st.floats(-1e301, 1e301)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=50))
async def test_adds_as_the_domain_does(store: Keeping, pairs: list[tuple[float, float]]) -> None:
    scene = await a_scene(store, f"{uuid4()}@example.com")
    await store.remember(scene.workflow.id, [a_write(f"{at}", SET, one) for at, (one, _) in enumerate(pairs)])
    writes = [a_write(f"{at}", INCREMENT, by, one) for at, (one, by) in enumerate(pairs)]
    await store.remember(scene.workflow.id, writes)
    memory = await kept(scene)
    assert [memory[each.key] for each in writes] == [each.after(pairs[int(each.key)][0]) for each in writes]


async def test_people_set_what_runs_build_upon(store: Keeping) -> None:
    scene = await a_scene(store)
    await store.remember(scene.workflow.id, [a_write("count", SET, 1)])
    entry = await store.memory.keep(scene.workflow.id, "count", 41)
    assert (entry.key, entry.value) == ("count", 41)
    assert (await store.memory.keep(scene.workflow.id, "a.b", {"z": [None, "\0"]})).value == {"z": [None, "\0"]}
    await store.remember(scene.workflow.id, [a_write("count", INCREMENT, 1, 41)])
    assert await kept(scene) == {"count": 42, "a.b": {"z": [None, "\0"]}}
    with pytest.raises(WorkflowNotFound):
        await store.memory.keep(WorkflowId(uuid4()), "a", 1)


async def test_is_cleared_all_at_once_and_goes_with_the_workflow(store: Keeping) -> None:
    scene = await a_scene(store)
    await store.remember(scene.workflow.id, [a_write("a", SET, 1), a_write("b", SET, 2)])
    assert await store.memory.clear(scene.workflow.id) == 2
    assert await store.memory.clear(scene.workflow.id) == 0
    await store.remember(scene.workflow.id, [a_write("a", INCREMENT, 5, 7)])
    assert await kept(scene) == {"a": 5}
    async with store.begin() as work:
        await work.workflows.remove(scene.workflow)
        await work.commit()
    assert await kept(scene) == {}
