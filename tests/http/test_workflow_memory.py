"""People see what their workflows remember, and can make them forget."""

from uuid import UUID

import pytest

from domain.executions.durable_memory import DurableWrite, MemoryOperation
from domain.ids import WorkflowId
from domain.values.json import Json
from tests.fakes.workflow_memory import remember
from tests.http.api import Api, Person


def _left(api: Api, workflow: str, **memory: Json) -> None:
    writes = [DurableWrite.of(key, MemoryOperation.SET, value, previous=None) for key, value in memory.items()]
    remember(api.store.rows, WorkflowId(UUID(workflow)), writes, at=api.clock.now())


async def test_shows_what_runs_left_by_key(api: Api, person: Person) -> None:
    workflow, other = await person.draws(), await person.draws()
    _left(api, workflow, summary="so far", count=3)
    _left(api, other, other=1)
    answer = await person.get(f"/api/workflows/{workflow}/memory")
    assert answer.json() == {
        "success": True,
        "data": [
            {"key": "count", "value": 3, "updatedAt": "2026-01-01T12:00:00.000Z"},
            {"key": "summary", "value": "so far", "updatedAt": "2026-01-01T12:00:00.000Z"},
        ],
    }


async def test_forgets_all_of_one_workflow_when_told_to(api: Api, person: Person) -> None:
    workflow, other = await person.draws(), await person.draws()
    _left(api, workflow, a=1, b=2)
    _left(api, other, c=3)
    path = f"/api/workflows/{workflow}/memory"
    assert (await person.delete(path)).json() == {"success": True, "data": {"cleared": 2}}
    assert (await person.delete(path)).json()["data"] == {"cleared": 0}
    assert (await person.get(path)).json()["data"] == []
    assert len((await person.get(f"/api/workflows/{other}/memory")).json()["data"]) == 1


async def test_other_peoples_memory_is_not_there(api: Api, person: Person) -> None:
    workflow = await person.draws()
    _left(api, workflow, a=1)
    stranger = await api.somebody()
    assert (await stranger.get(f"/api/workflows/{workflow}/memory")).status_code == 404
    assert (await stranger.delete(f"/api/workflows/{workflow}/memory")).status_code == 404
    assert len((await person.get(f"/api/workflows/{workflow}/memory")).json()["data"]) == 1


async def test_remembers_what_people_tell_it(api: Api, person: Person) -> None:
    workflow = await person.draws()
    path = f"/api/workflows/{workflow}/memory"
    for value in ("keyword", ["semantic"]):
        answer = await person.put(path, json={"key": " routing.preferredRetriever ", "value": value})
        assert answer.status_code == 200
        assert answer.json()["data"]["value"] == value
    (entry,) = (await person.get(path)).json()["data"]
    assert (entry["key"], entry["value"]) == ("routing.preferredRetriever", ["semantic"])


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"key": " ", "value": 1}, "key"),
        ({"key": "k" * 256, "value": 1}, "key"),
        ({"value": 1}, "key"),
        ({"key": "k"}, "value"),
        ({"key": "k", "value": "x" * 70_000}, "value"),
    ],
)
async def test_refuses_what_it_cannot_remember(person: Person, body: dict[str, Json], path: str) -> None:
    answer = await person.put(f"/api/workflows/{await person.draws()}/memory", json=body)
    assert answer.status_code == 400
    assert [issue["path"] for issue in answer.json()["error"]["details"]["issues"]] == [[path]]


async def test_remembers_a_hundred_keys_and_lets_them_be_changed(api: Api, person: Person) -> None:
    workflow = await person.draws()
    _left(api, workflow, **{f"k{at}": at for at in range(100)})
    path = f"/api/workflows/{workflow}/memory"
    assert (await person.put(path, json={"key": "one more", "value": 1})).status_code == 409
    assert (await person.put(path, json={"key": "k7", "value": 1})).status_code == 200


async def test_nobody_puts_anything_into_other_peoples_memory(api: Api, person: Person) -> None:
    workflow = await person.draws()
    stranger = await api.somebody()
    answer = await stranger.put(f"/api/workflows/{workflow}/memory", json={"key": "a", "value": 1})
    assert answer.status_code == 404
    assert (await person.get(f"/api/workflows/{workflow}/memory")).json()["data"] == []
