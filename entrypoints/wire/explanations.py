"""Explanations as JSON: the same for the API and for the command line."""

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from domain.executions.explanation import Explanation
from domain.values.timestamps import timestamp


def explanation_json(explanation: Explanation) -> dict[str, Any]:
    """Every field under its name in camel case."""
    told: dict[str, Any] = _json(explanation)
    return told


def _json(value: Any) -> Any:
    if is_dataclass(value):
        return {_camel(each.name): _json(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, datetime):
        return timestamp(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_json(each) for each in value]
    return value


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(each.capitalize() for each in others)
