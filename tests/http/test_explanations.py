"""GET /api/executions/{id}/explanation"""

import msgspec
import pytest

from domain.executions.execution import ExecutionStatus
from domain.executions.step import StepStatus
from entrypoints.http.schemas.explanations import ExplanationRecord
from tests.fakes.run_journal import FakeRunJournal
from tests.http.api import Api, Person, a_node, an_edge, refusal
from tests.make import a_context, a_snapshot, a_step
from tests.unit.application.engine.stage import LEASE

NOT_FOUND = (404, "NOT_FOUND", "Execution not found")


async def test_tells_a_run_that_waits(person: Person) -> None:
    start, end = a_node("manual-trigger", label="Order"), a_node("output", label="Done")
    workflow_id = await person.draws(nodes=[start, end], edges=[an_edge(start, end, condition=True)])
    execution_id = await person.runs(workflow_id)
    answer = await person.get(f"/api/executions/{execution_id}/explanation")
    assert answer.status_code == 200
    told = answer.json()["data"]
    assert (told["executionId"], told["workflowId"], told["status"]) == (execution_id, workflow_id, "pending")
    assert told["summary"] == "Started by hand, the run waits for a worker."
    assert [(each["label"], each["status"]) for each in told["entries"]] == [("Order", "ready"), ("Done", "waiting")]
    [because] = told["entries"][1]["because"]
    assert (because["source"], because["condition"], because["outcome"]) == (start["id"], True, "undecided")
    assert told["createdAt"].endswith("Z")


async def test_keeps_to_its_schema_whatever_is_on_record(api: Api, person: Person) -> None:
    start, end = a_node("manual-trigger"), a_node("output")
    edge = an_edge(start, end, condition="true")
    run = await person.runs(await person.draws(nodes=[start, end], edges=[edge]))
    journal = FakeRunJournal(api.store)
    claim = await journal.claim("w", lease=LEASE, max_claims=3)
    assert claim is not None
    done = a_step(1, start["id"], output={"result": True}, produced_keys=None, taken_edges=(edge["id"],))
    await journal.record(claim, done, checkpoint=a_context(), snapshots=[a_snapshot(1)])
    failed = a_step(2, end["id"], status=StepStatus.FAILED, error="key=" + "a" * 30, output=None)
    await journal.record(claim, failed, checkpoint=a_context(), snapshots=[a_snapshot(2)])
    answer = await person.get(f"/api/executions/{run}/explanation")
    told = msgspec.convert(answer.json()["data"], ExplanationRecord)
    assert msgspec.to_builtins(told) == answer.json()["data"]
    assert told.status is ExecutionStatus.RUNNING
    assert told.entries[1].because[0].judged is not None
    assert told.entries[1].because[0].judged.value is True
    assert told.entries[1].error == "key=[REDACTED]"
    assert told.limits is not None
    assert told.limits.retries.most == 3


@pytest.mark.parametrize("kind", ["unknown", "foreign", "no uuid"])
async def test_finds_no_run_that_is_not_the_callers(api: Api, person: Person, kind: str) -> None:
    other = await api.somebody()
    foreign = await other.runs(await other.draws())
    named = {"unknown": "00000000-0000-4000-8000-000000000000", "no uuid": "nope"}
    assert refusal(await person.get(f"/api/executions/{named.get(kind, foreign)}/explanation")) == NOT_FOUND


async def test_is_for_tokens_that_may_read(api: Api, person: Person) -> None:
    execution_id = await person.runs(await person.draws())
    for scope, status in (("read", 200), ("run", 403)):
        made = await person.post("/api/auth/tokens", json={"name": "t", "scopes": [scope]})
        program = Person(api.client, person.user, made.json()["data"]["token"])
        assert (await program.get(f"/api/executions/{execution_id}/explanation")).status_code == status
