import pytest
from structlog.testing import capture_logs

from domain.errors import (
    Conflict,
    DomainError,
    Fault,
    Forbidden,
    Invalid,
    LimitExceeded,
    NotFound,
    Unauthenticated,
    Unavailable,
)
from tests.http.api import Api, Person, error_of, refusal


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Invalid("Too odd"), 400, "VALIDATION_ERROR"),
        (Unauthenticated("Too odd"), 401, "UNAUTHORIZED"),
        (Forbidden("Too odd"), 403, "FORBIDDEN"),
        (NotFound("Too odd"), 404, "NOT_FOUND"),
        (Conflict("Too odd"), 409, "CONFLICT"),
        (LimitExceeded("Too odd"), 429, "RATE_LIMITED"),
        (Unavailable("Too odd"), 503, "UNAVAILABLE"),
    ],
)
async def test_answers_each_kind_of_error_with_its_status(
    api: Api, person: Person, error: DomainError, status: int, code: str
) -> None:
    api.store.defect = error
    answer = await person.get("/api/workflows")
    assert refusal(answer) == (status, code, "Too odd")
    assert "details" not in error_of(answer)


async def test_gives_details_where_there_are_faults(api: Api, person: Person) -> None:
    api.store.defect = Invalid(faults=[Fault((), "odd", "Odd"), Fault(("a", 0, "b"), "odd", "Odder")])
    assert error_of(await person.get("/api/workflows"))["details"] == {
        "formErrors": ["Odd"],
        "fieldErrors": {"a": ["Odder"]},
        "issues": [
            {"path": [], "code": "odd", "message": "Odd"},
            {"path": ["a", 0, "b"], "code": "odd", "message": "Odder"},
        ],
    }


async def test_an_outage_is_no_missing_workflow(api: Api, person: Person) -> None:
    workflow_id = await person.draws()
    api.store.is_down = True
    for answer in (
        await person.get(f"/api/workflows/{workflow_id}"),
        await person.patch(f"/api/workflows/{workflow_id}", json={"name": "n"}),
        await person.delete(f"/api/workflows/{workflow_id}"),
        await person.post(f"/api/workflows/{workflow_id}/execute", json={}),
        await person.post(f"/api/executions/{workflow_id}/stop"),
    ):
        assert refusal(answer) == (503, "UNAVAILABLE", "The store does not answer")
        assert answer.headers["retry-after"] == "1"


async def test_an_outage_while_asking_who_calls_is_no_bad_token(api: Api, person: Person) -> None:
    api.store.is_down = True
    assert (await person.get("/api/auth/me")).status_code == 503


async def test_logs_our_own_defects_and_keeps_them_to_itself(api: Api, person: Person) -> None:
    await person.get("/api/workflows")
    api.store.defect = RuntimeError("password is hunter2")
    with capture_logs() as logs:
        answer = await person.get("/api/workflows")
    assert refusal(answer) == (500, "INTERNAL_ERROR", "Internal server error")
    assert "hunter2" not in answer.text
    [line] = [line for line in logs if line["log_level"] == "error"]
    assert line["exc_info"] is api.store.defect


@pytest.mark.parametrize("error", [DomainError("secret"), KeyError("secret"), RecursionError("secret")])
async def test_an_error_of_no_kind_is_a_defect(api: Api, person: Person, error: Exception) -> None:
    api.store.defect = error
    with capture_logs():
        answer = await person.get("/api/workflows")
    assert refusal(answer) == (500, "INTERNAL_ERROR", "Internal server error")


@pytest.mark.parametrize(
    "path", ["/", "/api", "/api/nope", "/api/workflows/active/x/y", "/schema/nope", "//", "/api/auth"]
)
async def test_answers_unknown_addresses_in_the_envelope(api: Api, path: str) -> None:
    answer = await api.client.get(path)
    assert refusal(answer) == (404, "NOT_FOUND", "There is nothing at this address")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/api/workflows", "GET, HEAD, OPTIONS, POST"),
        ("POST", "/api/workflows/x", "DELETE, GET, HEAD, OPTIONS, PATCH"),
        ("GET", "/api/workflows/x/execute", "OPTIONS, POST"),
        ("HEAD", "/api/auth/login", "OPTIONS, POST"),
        ("TRACE", "/api/health", "GET, HEAD, OPTIONS"),
        ("BREW", "/api/health", "GET, HEAD, OPTIONS"),
    ],
)
async def test_says_which_methods_an_address_does_answer(api: Api, method: str, path: str, allowed: str) -> None:
    answer = await api.client.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == allowed
    if method != "HEAD":
        assert error_of(answer)["code"] == "METHOD_NOT_ALLOWED"


async def test_refuses_hosts_that_are_no_hosts(api: Api) -> None:
    answer = await api.client.get("/api/health", headers={"Host": "a b<>"})
    assert (answer.status_code, error_of(answer)["code"]) == (400, "BAD_REQUEST")
