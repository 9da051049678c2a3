"""What the engine needs around it when nothing real is there."""

from dataclasses import dataclass, field

from domain.values.json import Json, JsonObject


@dataclass
class Pages:
    """A log that can be read."""

    lines: list[tuple[str, str, JsonObject]] = field(default_factory=list)

    def write(self, level: str, message: str, **details: Json) -> None:
        self.lines.append((level, message, details))


class NoSchemas:
    """Finds nothing wrong with anything."""

    def faults(self, schema: JsonObject | bool, value: Json) -> list[str]:
        return []
