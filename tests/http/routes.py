"""Every route that is described, and what stands behind each of its ids."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.http.api import Person, a_node
from tests.http.snapshot import SNAPSHOT

DESCRIPTION: dict[str, Any] = json.loads(SNAPSHOT.read_text())


@dataclass(frozen=True)
class Route:
    """`path` has ids in braces; `body` is the example of the description, None where none is taken."""

    method: str
    path: str
    is_public: bool
    body: Any

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def ids(self) -> list[str]:
        return re.findall(r"\{(\w+)\}", self.path)

    def at(self, ids: Mapping[str, str]) -> str:
        return self.path.format(**ids)

    @property
    def sent(self) -> dict[str, Any]:
        return {} if self.body is None else {"json": self.body}


def _routes() -> Iterator[Route]:
    for path, item in DESCRIPTION["paths"].items():
        for method, operation in item.items():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")
            yield Route(method.upper(), path, operation.get("security") == [{}], body)


ROUTES = list(_routes())
PRIVATE = [route for route in ROUTES if not route.is_public]
WITH_IDS = [route for route in PRIVATE if set(route.ids) - {"templateId"}]
WITH_BODY = [route for route in ROUTES if route.body is not None]


async def belongings(person: Person) -> dict[str, str]:
    """One thing of each kind that has an id, all of this person."""
    workflow = await person.draws(
        nodes=[a_node("webhook-trigger"), a_node("schedule-trigger", config={"cron": "0 9 * * *"})]
    )
    await person.patch(f"/api/workflows/{workflow}", json={"status": "active"})
    secret = await person.post(f"/api/workflows/{workflow}/webhook/secrets")
    key = await person.post("/api/keys", json={"provider": "groq", "key": "sk-0123456789", "label": "l"})
    token = await person.post("/api/auth/tokens", json={"name": "t", "scopes": ["read"]})
    schedules = await person.get(f"/api/workflows/{workflow}/schedules")
    corpus = await person.collects()
    return {
        "templateId": "simple-rag",
        "workflowId": workflow,
        "executionId": await person.runs(workflow),
        "secretId": secret.json()["data"]["id"],
        "scheduleId": schedules.json()["data"][0]["id"],
        "keyId": key.json()["data"]["id"],
        "tokenId": token.json()["data"]["id"],
        "corpusId": corpus,
        "documentId": await person.brings(corpus),
    }
