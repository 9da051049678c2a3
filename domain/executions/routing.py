"""Which edges a finished node's output opens.

An edge is judged by what its source node itself produced. What the node merely passed on from further up does not
count: otherwise a flag set long ago, or sent along in a payload, would decide branches that it knows nothing of.
"""

from dataclasses import dataclass

from domain.values.json import UNDEFINED, Json, JsonObject, MaybeJson
from domain.values.path import walk_objects
from domain.workflows.graph import Edge, EdgeCondition

_ALWAYS = frozenset({"", "always", "any"})
_BOOLEAN_FLAGS = ("_condition.result", "_evaluation.passed", "result")
_ROUTE_NAMES = ("_route", "_branch.route", "route")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an edge was taken, and the value that decided it: None where no value was needed or found."""

    edge: Edge
    taken: bool
    decided_by: str | None = None
    value: Json = None


def judge(edge: Edge, produced: JsonObject) -> Verdict:
    """Judge one edge against the output that its source produced."""
    wanted = _normalised(edge.condition)
    if wanted is None:
        return Verdict(edge, taken=True)
    if isinstance(wanted, bool):
        return _judge_flag(edge, wanted, produced)
    if wanted in ("pass", "fail"):
        passed = walk_objects(produced, "_evaluation.passed")
        return _verdict(edge, passed is (wanted == "pass"), "_evaluation.passed", passed)
    return _judge_route(edge, wanted, produced)


def _normalised(condition: EdgeCondition) -> bool | str | None:
    """None is always; "true" and "false" in any case are booleans; other text is trimmed and lower-cased."""
    if isinstance(condition, bool):
        return condition
    if not isinstance(condition, str):
        return None
    text = condition.strip().lower()
    if text in _ALWAYS:
        return None
    return {"true": True, "false": False}.get(text, text)


def _judge_flag(edge: Edge, wanted: bool, produced: JsonObject) -> Verdict:
    for path in _BOOLEAN_FLAGS:
        value = walk_objects(produced, path)
        if isinstance(value, bool):
            return _verdict(edge, value is wanted, path, value)
    return Verdict(edge, taken=False)


def _judge_route(edge: Edge, wanted: str, produced: JsonObject) -> Verdict:
    for path in _ROUTE_NAMES:
        value = walk_objects(produced, path)
        if isinstance(value, str) and value.strip():
            return _verdict(edge, value.strip().lower() == wanted, path, value)
    return Verdict(edge, taken=False)


def _verdict(edge: Edge, taken: bool, path: str, value: MaybeJson) -> Verdict:
    if value is UNDEFINED:
        return Verdict(edge, taken=False)
    return Verdict(edge, taken, path, value)
