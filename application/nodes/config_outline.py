"""What a node type's config may hold, as JSON Schema: found out by letting the type read an empty one."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final
from uuid import UUID

from application.nodes.config_reader import Choice, ConfigReader, This
from application.nodes.node import Node
from application.retrieval.read_retrieval import read_retrieval
from domain.values.json import Json, JsonObject, MaybeJson

_ANYTHING: Final[JsonObject] = {}


class _Listener(ConfigReader):
    """Reads an empty config and remembers what it was asked for. Every value may also be written as text."""

    def __init__(self) -> None:
        super().__init__({})
        self.properties: dict[str, Json] = {}
        self.required: list[Json] = []

    def raw(self, name: str) -> MaybeJson:
        self._asked(name, _ANYTHING)
        return super().raw(name)

    def text(self, name: str, *, default: str = "", required: bool = False) -> str:
        self._asked(name, {"type": "string", **({"default": default} if default else {})}, required=required)
        return super().text(name, default=default, required=required)

    def verbatim(self, name: str) -> str:
        self._asked(name, {"type": "string"})
        return super().verbatim(name)

    def choice(self, name: str, options: type[Choice], *, default: Choice) -> Choice:
        self._asked(name, {"type": "string", "enum": _values(options), "default": default.value})
        return super().choice(name, options, default=default)

    def optional_choice(self, name: str, options: type[Choice]) -> Choice | None:
        self._asked(name, {"type": "string", "enum": _values(options)})
        return super().optional_choice(name, options)

    def identifier(self, name: str) -> UUID | None:
        self._asked(name, {"type": "string", "format": "uuid"})
        return super().identifier(name)

    def identifier_or_this(self, name: str) -> UUID | This | None:
        self._asked(name, {"type": "string", "anyOf": [{"format": "uuid"}, {"const": This.THIS.value}]})
        return super().identifier_or_this(name)

    def flag(self, name: str, *, default: bool) -> bool:
        self._asked(name, {"type": ["boolean", "string"], "default": default})
        return super().flag(name, default=default)

    def number(
        self, name: str, *, default: float, lowest: float | None = None, highest: float | None = None
    ) -> int | float:
        return self.optional_number(name, default=default, lowest=lowest, highest=highest) or 0

    def optional_number(
        self,
        name: str,
        *,
        default: float | None = None,
        lowest: float | None = None,
        highest: float | None = None,
    ) -> int | float | None:
        limits = {"default": default, "minimum": lowest, "maximum": highest}
        known: dict[str, Json] = {key: value for key, value in limits.items() if value is not None}
        self._asked(name, {"type": ["number", "string"], **known})
        return super().optional_number(name, default=default, lowest=lowest, highest=highest)

    def whole(self, name: str, *, default: int, lowest: int, highest: int) -> int:
        limits: JsonObject = {"default": default, "minimum": lowest, "maximum": highest}
        self._asked(name, {"type": ["integer", "string"], **limits})
        return super().whole(name, default=default, lowest=lowest, highest=highest)

    def section(self, name: str) -> ConfigReader | None:
        """Listens to what is asked of a section although there is none."""
        inner = _Listener()
        self._asked(name, {"type": ["object", "boolean", "string"], "properties": inner.properties})
        return inner

    def sections(self, name: str) -> Sequence[ConfigReader]:
        inner = _Listener()
        items: JsonObject = {"type": "object", "properties": inner.properties}
        self._asked(name, {"type": ["array", "string"], "items": items})
        return [inner]

    def texts(self, name: str) -> list[str] | None:
        self._asked(name, {"type": ["array", "string"], "items": {"type": "string"}})
        return super().texts(name)

    def choices(self, name: str, options: type[Choice]) -> list[Choice]:
        items: JsonObject = {"type": "string", "enum": _values(options)}
        self._asked(name, {"type": ["array", "string"], "items": items}, required=True)
        return super().choices(name, options)

    def named_texts(self, name: str, *, takes_scalars: bool = False) -> dict[str, str] | None:
        values: JsonObject = {"type": ["string", "number", "boolean"] if takes_scalars else "string"}
        self._asked(name, {"type": ["object", "string"], "additionalProperties": values})
        return super().named_texts(name, takes_scalars=takes_scalars)

    def schema(self, name: str) -> JsonObject | bool | None:
        self._asked(name, {"type": ["object", "boolean", "string"]})
        return super().schema(name)

    def _asked(self, name: str, schema: JsonObject, *, required: bool = False) -> None:
        """The first question about a field says most: the reader asks itself the simpler ones."""
        if name not in self.properties:
            self.properties[name] = schema
        if required and name not in self.required:
            self.required.append(name)


def config_schema(kind: type[Node]) -> JsonObject:
    """JSON Schema (Draft 2020-12) of a config that can run, as far as single fields decide it.

    Keys that the type does not know are allowed: editors keep notes of their own there.
    """
    listener = _Listener()
    kind.configured(listener)
    read_retrieval(listener)
    schema: JsonObject = {"type": "object", "properties": listener.properties}
    return {**schema, "required": listener.required} if listener.required else schema


def _values(options: type[StrEnum]) -> list[Json]:
    return [each.value for each in options]
