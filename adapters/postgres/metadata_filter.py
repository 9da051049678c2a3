"""Conditions on metadata as one JSON path (https://www.postgresql.org/docs/current/functions-json.html)."""

import json
from collections.abc import Iterable, Sequence
from typing import Final

from domain.knowledge.conditions import Comparison, Condition, Plain

_OPERATORS: Final = {
    Comparison.EQUALS: "==",
    Comparison.IN: "==",
    Comparison.ABOVE: ">",
    Comparison.AT_LEAST: ">=",
    Comparison.BELOW: "<",
    Comparison.AT_MOST: "<=",
}


def json_path(conditions: Sequence[Condition]) -> str | None:
    """A predicate for `@@`, None without conditions."""
    return " && ".join(f"({_predicate(each)})" for each in conditions) or None


def _predicate(condition: Condition) -> str:
    place = "".join(f".{json.dumps(key)}" for key in condition.path)
    if condition.comparison is Comparison.EXISTS:
        return f"exists(${place})" if condition.values[0] else f"!exists(${place})"
    return " || ".join(_compared(place, condition)) or "1 == 2"


def _compared(place: str, condition: Condition) -> Iterable[str]:
    for value in condition.values:
        yield f"${place} {_OPERATORS[condition.comparison]} {_literal(value)}"


def _literal(value: Plain) -> str:
    return json.dumps(value)
