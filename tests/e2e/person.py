"""Somebody who uses a running REX over HTTP."""

import time
from typing import Any

import httpx

FINAL = ("completed", "failed", "canceled")


class Person:
    """Signed up and signed in."""

    def __init__(self, url: str, email: str = "ada@example.com") -> None:
        self.url = url
        self.email = email
        self.token = ""
        credentials = {"email": email, "password": "correct horse battery"}
        answer = self.asks("POST", "/api/auth/register", {**credentials, "name": "Ada"})
        if answer.status_code == 409:
            answer = self.asks("POST", "/api/auth/login", credentials)
        self.token = _data(answer)["token"]

    def asks(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Underscores in header names become hyphens."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            sent["authorization"] = f"Bearer {self.token}"
        return httpx.request(method, self.url + path, json=body, headers=sent, timeout=30, trust_env=False)

    def draws(self, drawing: dict[str, Any]) -> str:
        workflow_id: str = _data(self.asks("POST", "/api/workflows", drawing))["id"]
        return workflow_id

    def starts(self, workflow_id: str, payload: dict[str, Any] | None = None) -> str:
        answer = self.asks("POST", f"/api/workflows/{workflow_id}/execute", {"payload": payload or {}})
        execution_id: str = _data(answer)["executionId"]
        return execution_id

    def sees(self, execution_id: str) -> dict[str, Any]:
        record: dict[str, Any] = _data(self.asks("GET", f"/api/executions/{execution_id}"))
        return record

    def stops(self, execution_id: str) -> str:
        status: str = _data(self.asks("POST", f"/api/executions/{execution_id}/stop"))["status"]
        return status

    def follows(self, execution_id: str, *, within: float = 30) -> dict[str, Any]:
        """The record once the run is over; outages on the way are waited out."""
        deadline = time.monotonic() + within
        record: dict[str, Any] = {"status": "unknown"}
        while time.monotonic() < deadline:
            try:
                record = self.sees(execution_id)
            except (httpx.HTTPError, AssertionError):
                record = {"status": "unknown"}
            if record["status"] in FINAL:
                return record
            time.sleep(0.05)
        raise AssertionError(f"run {execution_id} is not over after {within} s: {record['status']}")

    def waits_for_steps(self, execution_id: str, count: int, *, within: float = 20) -> dict[str, Any]:
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            record = self.sees(execution_id)
            if len(record["steps"]) >= count:
                return record
            time.sleep(0.02)
        raise AssertionError(f"run {execution_id} has not reached {count} steps in {within} s")


def _data(answer: httpx.Response) -> Any:
    assert answer.is_success, f"{answer.request.url} answered {answer.status_code}: {answer.text}"
    return answer.json()["data"]
