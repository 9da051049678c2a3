"""What a run left behind, by page, by cursor and by filter."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from domain.executions.attempt import Attempt, AttemptStatus
from domain.ids import ExecutionId
from tests.http.api import Api, Person, issue_paths, refusal
from tests.make import a_snapshot, a_step

LISTS = ["step-attempts", "retrieval-events", "context-snapshots"]


async def a_run(api: Api, person: Person) -> str:
    """Three steps of two attempts each, and three snapshots."""
    run = await person.runs(await person.draws())
    attempts = tuple(
        Attempt(number=at, status=status, duration_ms=1)
        for at, status in enumerate((AttemptStatus.RETRY, AttemptStatus.COMPLETED), 1)
    )
    rows, execution_id = api.store.rows, ExecutionId(UUID(run))
    rows.steps[execution_id] = tuple(a_step(at, f"n{at}", attempts=attempts) for at in (1, 2, 3))
    rows.snapshots[execution_id] = tuple(a_snapshot(at) for at in (1, 2, 3))
    return run


async def test_lists_attempts_and_snapshots(api: Api, person: Person) -> None:
    run = await a_run(api, person)
    attempts = (await person.get(f"/api/executions/{run}/step-attempts?nodeId=n2&status=retry")).json()
    assert [(each["nodeId"], each["attempt"], each["status"]) for each in attempts["data"]] == [("n2", 1, "retry")]
    assert attempts["meta"] == {"total": 1, "page": 1, "limit": 50, "totalPages": 1}
    snapshots = (await person.get(f"/api/executions/{run}/context-snapshots?reason=step&limit=2")).json()
    assert [each["sequence"] for each in snapshots["data"]] == [3, 2]
    assert snapshots["meta"].pop("nextCursor")
    assert snapshots["meta"] == {"total": 3, "page": 1, "limit": 2, "totalPages": 2}


async def test_lists_nothing_as_one_page(person: Person) -> None:
    run = await person.runs(await person.draws())
    for name in LISTS:
        answer = await person.get(f"/api/executions/{run}/{name}")
        assert answer.json() == {
            "success": True,
            "data": [],
            "meta": {"total": 0, "page": 1, "limit": 50, "totalPages": 1},
        }


async def test_walks_by_cursor(api: Api, person: Person) -> None:
    run = await a_run(api, person)
    seen, cursor = [], ""
    while True:
        page = (await person.get(f"/api/executions/{run}/step-attempts?limit=4{cursor}")).json()
        seen += [(each["nodeId"], each["attempt"]) for each in page["data"]]
        if "nextCursor" not in page["meta"]:
            break
        cursor = f"&cursor={page['meta']['nextCursor']}"
    assert seen == [("n3", 2), ("n3", 1), ("n2", 2), ("n2", 1), ("n1", 2), ("n1", 1)]
    assert page["meta"] == {"limit": 4}


async def test_walks_workflows_by_cursor_without_seeing_any_twice(api: Api, person: Person) -> None:
    drawn = [await person.draws() for _ in range(3)]
    first = (await person.get("/api/workflows?limit=2")).json()
    api.clock.advance(timedelta(seconds=1))
    await person.draws()
    rest = (await person.get(f"/api/workflows?limit=2&cursor={first['meta']['nextCursor']}")).json()
    assert [each["id"] for each in first["data"] + rest["data"]] == drawn[::-1]


@pytest.mark.parametrize(
    ("query", "paths"),
    [
        ("step-attempts?status=nope&limit=201&page=0", [["status"], ["page"], ["limit"]]),
        ("step-attempts?nodeId=", [["nodeId"]]),
        ("step-attempts?nodeId=" + "n" * 256, [["nodeId"]]),
        ("step-attempts?nodeId=a&nodeId=b", [["nodeId"]]),
        ("step-attempts?nodeId=%00", [["nodeId"]]),
        ("retrieval-events?strategy=best&selected=1", [["strategy"], ["selected"]]),
        ("retrieval-events?retrieverKey=" + "k" * 101, [["retrieverKey"]]),
        ("context-snapshots?reason=zzz", [["reason"]]),
        ("context-snapshots?cursor=nonsense", [["cursor"]]),
        ("context-snapshots?cursor=", [["cursor"]]),
        ("context-snapshots?cursor=x&page=2", [["cursor"]]),
        ("context-snapshots?cursor=" + "A" * 301, [["cursor"]]),
    ],
)
async def test_names_every_parameter_that_is_wrong(person: Person, query: str, paths: list[list[str]]) -> None:
    run = await person.runs(await person.draws())
    answer = await person.get(f"/api/executions/{run}/{query}")
    assert refusal(answer) == (400, "VALIDATION_ERROR", "Invalid query params")
    assert issue_paths(answer) == paths


@pytest.mark.parametrize("name", LISTS)
async def test_checks_the_query_before_it_looks_for_the_run(api: Api, person: Person, name: str) -> None:
    run = await person.runs(await person.draws())
    stranger = await api.somebody()
    for who, execution in ((person, "nope"), (person, str(uuid4())), (stranger, run)):
        path = f"/api/executions/{execution}/{name}"
        assert refusal(await who.get(path)) == (404, "NOT_FOUND", "Execution not found")
        assert (await who.get(f"{path}?page=0")).status_code == 400


async def test_deletes_a_run_with_its_records(api: Api, person: Person) -> None:
    run = await a_run(api, person)
    rings = len(api.queue.rings)
    stranger = await api.somebody()
    assert refusal(await stranger.delete(f"/api/executions/{run}")) == (404, "NOT_FOUND", "Execution not found")
    answer = await person.delete(f"/api/executions/{run}")
    assert (answer.status_code, answer.json()["data"]) == (200, {"deleted": True})
    assert refusal(await person.get(f"/api/executions/{run}")) == (404, "NOT_FOUND", "Execution not found")
    assert refusal(await person.delete(f"/api/executions/{run}"))[0] == 404
    assert len(api.queue.rings) == rings + 1
