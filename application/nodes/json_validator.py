"""Says whether the input has the shape that it should have."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from application.nodes.config_reader import ConfigReader
from application.nodes.node import NodeContext, NodeFailed, NodeOutput
from domain.values.json import Json, JsonObject, is_number, parsed


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonValidator:
    """Checks the whole input: required keys and types of keys at its top level, and a JSON Schema.

    `field_types` are the words of JavaScript's typeof: arrays and null are `object`; absent keys have no type. If
    the input has text under `json`, that must be JSON. Strict makes an invalid input a failure.
    """

    type: ClassVar[str] = "json-validator"
    category: ClassVar[str] = "logic"
    is_independent: ClassVar[bool] = True

    schema: JsonObject | bool | None
    required_fields: Sequence[str]
    field_types: Mapping[str, str]
    strict: bool

    @classmethod
    def configured(cls, fields: ConfigReader) -> Self:
        schema = fields.schema("schema")
        required_fields = fields.texts("requiredFields")
        if schema is None and required_fields is None and not fields.faults:
            fields.fault("schema", "required", 'Either "schema" or "requiredFields" is required')
        return cls(
            schema=schema,
            required_fields=required_fields or [],
            field_types=fields.named_texts("fieldTypes") or {},
            strict=fields.flag("strict", default=False),
        )

    async def run(self, received: JsonObject, context: NodeContext) -> NodeOutput:
        errors = [*self._missing(received), *self._mistyped(received), *_unreadable(received.get("json"))]
        if self.schema is not None:
            errors += await asyncio.to_thread(context.schemas.faults, self.schema, received)
        if errors and self.strict:
            raise NodeFailed(f"JSON validation failed: {'; '.join(errors)}")
        told: JsonObject = {"valid": not errors, "errors": list(errors)}
        return NodeOutput.adding(received, {"_validation": told})

    def _missing(self, received: JsonObject) -> Iterator[str]:
        return (f"Missing required field: {each}" for each in self.required_fields if each not in received)

    def _mistyped(self, received: JsonObject) -> Iterator[str]:
        for key, wanted in self.field_types.items():
            if key in received and _typeof(received[key]) != wanted:
                yield f'Field "{key}" must be of type {wanted}, but is {_typeof(received[key])}'


def _typeof(value: Json) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "string"
    return "number" if is_number(value) else "object"


def _unreadable(value: Json) -> list[str]:
    if isinstance(value, str):
        try:
            parsed(value)
        except ValueError as reason:
            return [f'Field "json" is not valid JSON: {reason}']
    return []
