"""Examples for the description of the API: made from its own schemas, so that they cannot go stale."""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

Schema: TypeAlias = Mapping[str, Any]

_ID: Final = "019a9f60-7a3c-7c55-9d0e-2f4b8c1d6e7f"
_OTHER_ID: Final = "019a9f60-7a3c-7c55-9d0e-000000000002"
_MOMENT: Final = "2026-11-22T22:10:35.620Z"

_NODES: Final = [
    {"id": _ID, "type": "manual-trigger", "label": "Order", "position": {"x": 0, "y": 0}, "config": {}},
    {"id": _OTHER_ID, "type": "output", "label": "Done", "position": {"x": 240, "y": 0}, "config": {}},
]
_EDGES: Final = [{"id": "019a9f60-7a3c-7c55-9d0e-000000000003", "source": _ID, "target": _OTHER_ID}]

_BY_NAME: Final[Mapping[str, Any]] = {
    "email": "ada@example.com",
    "password": "correct horse battery",
    "token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIwMTlhOWY2MCJ9.c2lnbmF0dXJl",
    "secret": "whsec_q5U2hX0v7mJrT9cE1wYbKf3ZsL8nPdA6gQxHiRtVuNo",
    "key": "AIzaSyExampleExampleExample",
    "label": "Work",
    "name": "Route orders",
    "description": "Large orders go to a person",
    "type": "manual-trigger",
    "nodeType": "manual-trigger",
    "nodeId": _ID,
    "source": _ID,
    "target": _OTHER_ID,
    "nodes": _NODES,
    "edges": _EDGES,
    "corpusId": _ID,
    "workflowId": _ID,
    "executionId": _ID,
    "explainChunkId": _ID,
    "filters": {"year": {"gte": 2024}},
    "topK": 8,
    "timestamp": _MOMENT,
    "lastAt": _MOMENT,
    "path": f"/api/webhooks/{_ID}",
    "nextCursor": "d29ya2Zsb3dzLjE3NjM4NDk0MzU2MjAwMDAuMDE5YTlmNjA",
    "query": "How are orders routed?",
    "message": "Why did this run fail?",
    "code": "VALIDATION_ERROR",
    "configSchema": {"type": "object", "properties": {"field": {"type": "string"}}, "required": ["field"]},
    "title": "Refunds",
    "contentText": "Refunds are paid within seven days.",
    "mimeType": "text/markdown",
    "jobId": f"ingest-{_ID}",
    "contentSha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "embeddingModel": "rex-lexical-v2",
    "errorMessage": None,
    "error": None,
    "reason": None,
    "fileName": "orders.csv",
    "fileContent": "bmFtZSxhZ2UKQWRhLDM2Cg==",
    "preview": "1 row, 2 columns (name, age)",
    "content": "The order was too large",
    "payload": {"amount": 1200},
    "triggerPayload": {"amount": 1200},
    "params": {"queryPath": "query", "topK": 8},
    "choices": {f"{_ID}.config.promptTemplate": "theirs"},
    "sourceTemplateId": None,
    "sourceTemplateVersion": None,
    "sourceTemplateParams": None,
}

REFUSALS: Final[Mapping[int, tuple[str, str]]] = {
    400: ("VALIDATION_ERROR", "Invalid input"),
    401: ("UNAUTHORIZED", "Invalid or expired token"),
    403: ("FORBIDDEN", 'This access token lacks the scope "write"'),
    404: ("NOT_FOUND", "Workflow not found"),
    409: ("CONFLICT", "The workflow was changed meanwhile; load it again"),
    412: ("PRECONDITION_FAILED", "The workflow was changed since you loaded it: load it again and repeat your change"),
    413: ("PAYLOAD_TOO_LARGE", "The body is too large"),
    415: ("UNSUPPORTED_MEDIA_TYPE", "Send the body as application/json or text/plain"),
    429: ("RATE_LIMITED", "Rate limit exceeded, retry in 12 seconds"),
    500: ("CHAT_ERROR", "The provider does not answer"),
    503: ("UNAVAILABLE", "The database does not answer"),
}


def refusal(status: int) -> dict[str, Any]:
    code, message = REFUSALS[status]
    error: dict[str, Any] = {"code": code, "message": message}
    if status == 400:
        fault = {"path": ["name"], "code": "required", "message": "Required"}
        error["details"] = {"formErrors": [], "fieldErrors": {"name": ["Required"]}, "issues": [fault]}
    return {"success": False, "error": error}


def example_of(schema: Schema, components: Mapping[str, Schema], name: str = "") -> Any:
    """Something that `schema` allows, the way it would really look."""
    if reference := schema.get("$ref"):
        return example_of(components[reference.rpartition("/")[2]], components, name)
    if "const" in schema:
        return schema["const"]
    if schema.get("default"):
        return schema["default"]
    if "enum" in schema:
        return schema["enum"][0]
    if name in _BY_NAME and _may_be(schema, _BY_NAME[name]):
        return _BY_NAME[name]
    if options := schema.get("oneOf") or schema.get("anyOf"):
        return example_of(next((each for each in options if each.get("type") != "null"), options[0]), components, name)
    return _of_type(schema, components, name)


def _of_type(schema: Schema, components: Mapping[str, Schema], name: str) -> Any:
    kind = schema.get("type")
    if kind == "object":
        properties = schema.get("properties", {})
        return {key: example_of(each, components, key) for key, each in properties.items()}
    if kind == "array":
        return [example_of(schema["items"], components)] if "items" in schema else []
    if kind == "string":
        return _text(schema, name)
    plain = {"integer": int(schema.get("minimum", 1)), "number": 120, "boolean": True}
    return plain.get(str(kind))


def _text(schema: Schema, name: str) -> str:
    if schema.get("format") == "uuid" or name == "id":
        return _ID
    return _MOMENT if name.endswith("At") else "text"


def _may_be(schema: Schema, value: Any) -> bool:
    """Whether a value of that kind is allowed at all, and an object has what it must have."""
    if isinstance(value, dict) and not set(schema.get("required", ())) <= value.keys():
        return False
    kinds = {str(each.get("type")) for each in (schema, *schema.get("oneOf", ()), *schema.get("anyOf", ()))}
    kind = {str: "string", dict: "object", list: "array", type(None): "null"}.get(type(value), "")
    return kind in kinds or kinds == {"None"}
