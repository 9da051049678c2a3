from application.ports.health_probe import Finding
from tests.http.api import Api


async def test_says_that_it_is_alive_in_the_bare_form_that_monitors_know(api: Api) -> None:
    answer = await api.client.get("/api/health")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "timestamp": "2026-01-01T12:00:00.000Z"}


async def test_is_alive_even_when_the_database_is_not(api: Api) -> None:
    api.store.is_down = True
    assert (await api.client.get("/api/health")).status_code == 200


async def test_is_ready_when_everything_it_needs_is_up(api: Api) -> None:
    api.health.found = [Finding(name="database", is_up=True, detail="18.4"), Finding(name="schema", is_up=True)]
    answer = await api.client.get("/api/health/ready")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "checks": [
            {"name": "database", "up": True, "detail": "18.4"},
            {"name": "schema", "up": True, "detail": ""},
        ],
    }


async def test_says_which_dependency_is_down(api: Api) -> None:
    api.health.found = [
        Finding(name="database", is_up=True),
        Finding(name="queue", is_up=False, detail="no answer in 2 s"),
    ]
    answer = await api.client.get("/api/health/ready")
    assert answer.status_code == 503
    assert answer.json()["status"] == "unavailable"
    assert answer.json()["checks"][1] == {"name": "queue", "up": False, "detail": "no answer in 2 s"}


async def test_works_on_when_what_is_down_is_not_needed(api: Api) -> None:
    api.health.found = [
        Finding(name="database", is_up=True),
        Finding(name="redis", is_up=False, detail="No answer", is_needed=False),
    ]
    answer = await api.client.get("/api/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    api.health.found = [Finding(name="database", is_up=False), *api.health.found[1:]]
    answer = await api.client.get("/api/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")
