import pytest

from application.ports.job_queue import ExecutionStopped
from tests.http.api import Api, Person, refusal

NOT_FOUND = (404, "NOT_FOUND", "Execution not found")


async def test_shows_the_record_as_it_is_stored(person: Person) -> None:
    workflow_id = await person.draws()
    execution_id = await person.runs(workflow_id)
    answer = await person.get(f"/api/executions/{execution_id}")
    assert answer.status_code == 200
    record = answer.json()["data"]
    assert (record["id"], record["workflowId"], record["status"]) == (execution_id, workflow_id, "pending")


async def test_stops_without_a_body_or_a_content_type(api: Api, person: Person) -> None:
    execution_id = await person.runs(await person.draws())
    answer = await person.post(f"/api/executions/{execution_id}/stop")
    assert answer.status_code == 202
    assert answer.json() == {"success": True, "data": {"executionId": execution_id, "status": "canceled"}}
    assert isinstance(api.queue.rings[-1], ExecutionStopped)


async def test_does_not_mind_a_body_that_it_does_not_need(person: Person) -> None:
    execution_id = await person.runs(await person.draws())
    for body, media_type in ((b"", "application/json"), (b"{", "application/json"), (b"<stop/>", "text/xml")):
        stop = f"/api/executions/{execution_id}/stop"
        answer = await person.post(stop, content=body, headers={"Content-Type": media_type})
        assert answer.status_code == 202


async def test_stops_twice_as_well_as_once(person: Person) -> None:
    execution_id = await person.runs(await person.draws())
    first = await person.post(f"/api/executions/{execution_id}/stop")
    second = await person.post(f"/api/executions/{execution_id}/stop")
    assert second.json() == first.json()


@pytest.mark.parametrize("kind", ["unknown", "foreign", "no uuid"])
async def test_finds_no_run_that_is_not_the_callers(api: Api, person: Person, kind: str) -> None:
    other = await api.somebody()
    foreign = await other.runs(await other.draws())
    named = {"unknown": "00000000-0000-4000-8000-000000000000", "no uuid": "nope"}
    where = f"/api/executions/{named.get(kind, foreign)}"
    assert refusal(await person.get(where)) == NOT_FOUND
    assert refusal(await person.post(f"{where}/stop")) == NOT_FOUND
