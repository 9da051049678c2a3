"""People see when their workflows run by themselves, what became of it, and can hold it up."""

from datetime import timedelta
from typing import Any

import pytest

from application.schedules.fire_due_schedules import FireDueSchedules
from tests.fakes.ids import FakeIds
from tests.http.api import Api, Person, a_node
from tests.scheduling import TIMETABLES
from tests.unit.application.engine.stage import Pages

MINUTE = timedelta(minutes=1)


async def active(person: Person, *configs: dict[str, Any]) -> str:
    workflow = await person.draws(nodes=[a_node("schedule-trigger", config=config) for config in configs])
    await person.patch(f"/api/workflows/{workflow}", json={"status": "active"})
    return workflow


async def schedules(person: Person, workflow: str) -> list[dict[str, Any]]:
    answer = await person.get(f"/api/workflows/{workflow}/schedules")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def fires(api: Api, after: timedelta) -> None:
    api.clock.advance(after)
    fire = FireDueSchedules(begin=api.store.begin, queue=api.queue, timetables=TIMETABLES, ids=FakeIds(), log=Pages())
    await fire()


async def test_shows_the_next_ten_times_and_what_became_of_the_last_ticks(api: Api, person: Person) -> None:
    workflow = await active(person, {"intervalMs": "60000"})
    await fires(api, MINUTE)
    (shown,) = await schedules(person, workflow)
    (tick,) = shown.pop("ticks")
    assert tick == {
        "fireAt": "2026-01-01T12:01:00.000Z",
        "until": None,
        "outcome": "fired",
        "reason": "A run was started.",
        "executionId": tick["executionId"],
        "settledAt": "2026-01-01T12:01:00.000Z",
    }
    run = (await person.get(f"/api/executions/{tick['executionId']}")).json()["data"]
    assert run["triggerPayload"] == {"_trigger": "schedule", "_scheduledAt": "2026-01-01T12:01:00.000Z"}
    assert shown.pop("upcoming") == [f"2026-01-01T12:{minute:02}:00.000Z" for minute in range(2, 12)]
    graph = (await person.get(f"/api/workflows/{workflow}")).json()["data"]
    assert shown == {
        "id": shown["id"],
        "nodeId": graph["nodes"][0]["id"],
        "cron": None,
        "timezone": None,
        "intervalMs": 60000,
        "onMissed": "skip",
        "onOverlap": "allow",
        "state": "active",
        "nextFireAt": "2026-01-01T12:02:00.000Z",
        "pausedAt": None,
    }


async def test_a_tick_does_not_point_at_a_run_that_was_removed(api: Api, person: Person) -> None:
    workflow = await active(person, {"intervalMs": "60000"})
    await fires(api, MINUTE)
    for run in [*api.store.rows.executions]:
        api.store.rows.forget_execution(run)
    (shown,) = await schedules(person, workflow)
    (tick,) = shown["ticks"]
    assert (tick["outcome"], tick["executionId"]) == ("fired", None)
    assert tick["reason"] == "A run was started, and has been removed since."


async def test_shows_cron_with_its_zone_across_the_change_of_clocks(person: Person) -> None:
    workflow = await active(person, {"cron": "30 2 29 3 *", "timezone": "Europe/Berlin"})
    (shown,) = await schedules(person, workflow)
    assert (shown["cron"], shown["timezone"], shown["intervalMs"]) == ("30 2 29 3 *", "Europe/Berlin", None)
    assert shown["upcoming"][:2] == ["2026-03-29T01:00:00.000Z", "2027-03-29T00:30:00.000Z"]


async def test_pauses_and_resumes_one_of_several(api: Api, person: Person) -> None:
    workflow = await active(person, {"intervalMs": 60000}, {"intervalMs": 60000})
    one, other = await schedules(person, workflow)
    path = f"/api/workflows/{workflow}/schedules/{one['id']}"
    paused = (await person.post(f"{path}/pause")).json()["data"]
    assert (paused["state"], paused["pausedAt"]) == ("paused", "2026-01-01T12:00:00.000Z")
    await fires(api, MINUTE)
    held, free = await schedules(person, workflow)
    assert [each["ticks"][0]["outcome"] for each in (held, free)] == ["paused", "fired"]
    assert (held["ticks"][0]["reason"], held["ticks"][0]["executionId"]) == ("The schedule was paused.", None)
    resumed = await person.post(f"{path}/resume")
    assert (resumed.status_code, resumed.json()["data"]["state"]) == (200, "active")
    await fires(api, MINUTE)
    assert [each["ticks"][0]["outcome"] for each in await schedules(person, workflow)] == ["fired", "fired"]
    assert other["id"] == free["id"]


async def test_inactive_workflows_show_when_they_would_run(person: Person) -> None:
    workflow = await active(person, {"intervalMs": 60000})
    await person.patch(f"/api/workflows/{workflow}", json={"status": "inactive"})
    (shown,) = await schedules(person, workflow)
    assert (shown["state"], shown["nextFireAt"], len(shown["upcoming"])) == ("inactive", None, 10)


async def test_a_workflow_without_triggers_has_no_schedules(person: Person) -> None:
    assert await schedules(person, await person.draws()) == []


@pytest.mark.parametrize(
    ("config", "code"),
    [({"cron": "61 * * * *"}, "malformed"), ({"intervalMs": "59999"}, "out_of_range"), ({}, "required")],
)
async def test_what_cannot_fire_is_saved_with_a_warning(person: Person, config: dict[str, Any], code: str) -> None:
    drawing = {"name": "Draft", "nodes": [a_node("schedule-trigger", config=config)]}
    answer = await person.post("/api/workflows", json=drawing)
    assert answer.status_code == 201
    assert [each["code"] for each in answer.json()["meta"]["warnings"]] == [code]
    shown = (await person.get(f"/api/workflows/{answer.json()['data']['id']}/schedules")).json()
    assert (shown["data"], shown["meta"]) == ([], answer.json()["meta"])
    judged = await person.post("/api/workflows/validate", json={"nodes": drawing["nodes"]})
    assert [each["code"] for each in judged.json()["data"]["warnings"]] == [code]


async def test_what_is_not_there_is_not_found(person: Person) -> None:
    workflow, other = await active(person, {"intervalMs": 60000}), await active(person, {"intervalMs": 60000})
    (elsewhere,) = await schedules(person, other)
    for schedule in (elsewhere["id"], "nonsense", "00000000-0000-4000-8000-000000000000"):
        for act in ("pause", "resume"):
            answer = await person.post(f"/api/workflows/{workflow}/schedules/{schedule}/{act}")
            assert (answer.status_code, answer.json()["error"]["message"]) == (404, "Schedule not found")
