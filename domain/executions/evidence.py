"""Which pieces of what a node received and handed on an explanation needs: documents themselves can be many megabytes.

A piece of up to MOST_BYTES of JSON is kept as it is. Of a larger object its first MOST_KEYS values are kept, as far as
they are not larger than MOST_INNER_BYTES. In place of what is left out stands `{"_omitted": true, "bytes": …}`.
"""

import json
from collections.abc import Sequence
from typing import Final

from domain.executions.step import Step
from domain.values.json import Json, JsonObject, as_object
from domain.values.json_size import json_size

OUTPUT_KEYS: Final = (
    "_condition",
    "_evaluation",
    "_control",
    "_route",
    "_branch",
    "route",
    "result",
    "usage",
    "model",
    "provider",
    "knowledge",
)
"""What edges are judged by, what it cost and what a prompt was made of."""


CONFIG_KEYS: Final = ("onError", "retryPolicy", "retryEnabled", "retryMaxAttempts", "retryDelayMs")

MOST_BYTES: Final = 16 << 10
MOST_INNER_BYTES: Final = 4 << 10
MOST_KEYS: Final = 16
MOST_MATCHES: Final = 50
MATCH_KEYS: Final = ("chunkId", "documentId", "title", "score")
MOST_PAYLOAD_CHARACTERS: Final = 2_000


def evidence_of(step: Step) -> Step:
    """The step with the pieces only. Of its output they are those that the node itself made."""
    return Step(
        sequence=step.sequence,
        round=step.round,
        node_id=step.node_id,
        node_type=step.node_type,
        status=step.status,
        input=_received(step.input),
        output=_kept(step.output or {}, [key for key in OUTPUT_KEYS if step.made(key)]),
        duration_ms=step.duration_ms,
        error=step.error,
        taken_edges=step.taken_edges,
        produced_keys=None,
        attempts=step.attempts,
        retrievals=step.retrievals,
        created_at=step.created_at,
    )


def config_evidence(config: JsonObject) -> JsonObject:
    return _kept(config, CONFIG_KEYS)


def payload_evidence(payload: JsonObject) -> str:
    """The beginning of its JSON."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))[:MOST_PAYLOAD_CHARACTERS]


def bounded(value: Json) -> Json:
    size = json_size(value, most=1 << 30)
    if size <= MOST_BYTES:
        return value
    if not isinstance(value, dict):
        return _omitted(size)
    inner = list(value.items())[:MOST_KEYS]
    sizes = {key: json_size(each, most=1 << 30) for key, each in inner}
    return {key: each if sizes[key] <= MOST_INNER_BYTES else _omitted(sizes[key]) for key, each in inner}


def _kept(values: JsonObject, keys: Sequence[str]) -> JsonObject:
    return {key: bounded(values[key]) for key in keys if key in values}


def _omitted(size: int) -> JsonObject:
    return {"_omitted": True, "bytes": size}


def _received(received: JsonObject) -> JsonObject:
    """`_knowledge` without the contents of what was found: that is what makes it large."""
    pieces: JsonObject = {}
    if "_retry" in received:
        pieces["_retry"] = bounded(received["_retry"])
    if isinstance(knowledge := received.get("_knowledge"), dict):
        pieces["_knowledge"] = _described_matches(knowledge)
    return pieces


def _described_matches(knowledge: JsonObject) -> JsonObject:
    matches = knowledge.get("matches")
    listed = matches if isinstance(matches, list) else []
    return {
        "query": bounded(knowledge.get("query")),
        "matches": [_kept(as_object(each), MATCH_KEYS) for each in listed[:MOST_MATCHES]],
        "found": len(listed),
    }
