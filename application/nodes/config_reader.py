"""Reads a node's config as editors store it: every value may arrive as text, and a cleared field as blank text.

A missing value, null and blank text are the default. What is there but cannot be read is a fault, never a guess.
"""

from collections.abc import Sequence
from enum import Enum, StrEnum
from typing import Final, TypeAlias, TypeVar
from uuid import UUID

from domain.errors import Fault
from domain.values.coercion import lenient_bool, numeric, text_of
from domain.values.identifiers import uuid_of
from domain.values.json import UNDEFINED, Json, JsonObject, MaybeJson, parsed

Choice = TypeVar("Choice", bound=StrEnum)
Path: TypeAlias = tuple[str | int, ...]


class This(Enum):
    """In place of an id: whatever the config is part of."""

    THIS = "this"


THIS: Final = This.THIS


class ConfigReader:
    """One pass over one config; `faults` holds all that is wrong with it, each with the path inside the config.

    The reader of a section of the config shares the faults of the whole.
    """

    def __init__(self, config: JsonObject, *, part_of: "ConfigReader | None" = None, at: Path = ()) -> None:
        self._config = config
        self._at: Path = at
        self.faults: list[Fault] = [] if part_of is None else part_of.faults

    def fault(self, name: str | int, code: str, message: str) -> None:
        place = f"{'.'.join(map(str, self._at))}: " if self._at else ""
        self.faults.append(Fault((*self._at, name), code, place + message))

    def raw(self, name: str) -> MaybeJson:
        """The value as stored, UNDEFINED when the key is absent."""
        return self._config.get(name, UNDEFINED)

    def text(self, name: str, *, default: str = "", required: bool = False) -> str:
        """Text as stored, untrimmed; blank counts as absent."""
        value = self._present(name)
        if value is None:
            return self._absent(name, default, required=required)
        if not isinstance(value, str):
            self.fault(name, "wrong_type", f'"{name}" must be text')
            return default
        return value

    def verbatim(self, name: str) -> str:
        """Text in which blanks mean something: only empty text counts as absent, and is."""
        value = self.raw(name)
        return value if isinstance(value, str) else self.text(name)

    def choice(self, name: str, options: type[Choice], *, default: Choice) -> Choice:
        return self.optional_choice(name, options) or default

    def optional_choice(self, name: str, options: type[Choice]) -> Choice | None:
        value = self._present(name)
        if value is None:
            return None
        known = {each.value: each for each in options}
        if not isinstance(value, str) or value not in known:
            self.fault(name, "unknown_choice", f'"{name}" must be one of {", ".join(known)}')
            return None
        return known[value]

    def identifier(self, name: str) -> UUID | None:
        """A UUID in its usual spelling."""
        value = self._present(name)
        if value is None:
            return None
        found = uuid_of(value)
        if found is None:
            self.fault(name, "bad_id", f'"{name}" must be a UUID')
        return found

    def identifier_or_this(self, name: str) -> UUID | This | None:
        """A UUID, or the word that stands for the workflow or the run that the node is in."""
        if self._present(name) == This.THIS.value:
            return THIS
        return self.identifier(name)

    def flag(self, name: str, *, default: bool) -> bool:
        """A lenient boolean: true, false or their text in any case; anything else is the default."""
        return lenient_bool(self.raw(name), default=default)

    def number(
        self, name: str, *, default: float, lowest: float | None = None, highest: float | None = None
    ) -> int | float:
        """A number or text that spells one, within its limits."""
        return self.optional_number(name, lowest=lowest, highest=highest, default=default) or 0

    def optional_number(
        self,
        name: str,
        *,
        default: float | None = None,
        lowest: float | None = None,
        highest: float | None = None,
    ) -> int | float | None:
        value = self._present(name)
        if value is None:
            return default
        number = numeric(value)
        if number is None:
            self.fault(name, "wrong_type", f'"{name}" must be a number')
            return default
        if (lowest is not None and number < lowest) or (highest is not None and number > highest):
            self.fault(name, "out_of_range", f'"{name}" must be {_range(lowest, highest)}')
            return default
        return number

    def whole(self, name: str, *, default: int, lowest: int, highest: int) -> int:
        """A whole number within its limits."""
        number = self.number(name, default=default, lowest=lowest, highest=highest)
        if number == int(number):
            return int(number)
        self.fault(name, "wrong_type", f'"{name}" must be a whole number')
        return default

    def section(self, name: str) -> "ConfigReader | None":
        """A reader of an object inside the config, or of JSON text of one; None when absent or switched off, false."""
        value = None if self._is_off(name) else self._decoded(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.fault(name, "wrong_type", f'"{name}" must be an object')
            return None
        return ConfigReader(value, part_of=self, at=(*self._at, name))

    def sections(self, name: str) -> "Sequence[ConfigReader]":
        """Readers of the objects in a list, or in JSON text of one; none when absent."""
        value = self._decoded(name)
        if value is None:
            return []
        if not isinstance(value, list):
            self.fault(name, "wrong_type", f'"{name}" must be a list of objects')
            return []
        found = []
        for position, each in enumerate(value):
            if isinstance(each, dict):
                found.append(ConfigReader(each, part_of=self, at=(*self._at, name, position)))
            else:
                self.faults.append(
                    Fault((*self._at, name, position), "wrong_type", f'"{name}.{position}" must be an object')
                )
        return found

    def texts(self, name: str) -> list[str] | None:
        """A list of texts, or one text with commas between them; None when absent, which an empty list is not.

        Blanks around items and blank items vanish.
        """
        value = self._present(name)
        if value is None:
            return None
        items: Sequence[Json] = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else ()
        if not isinstance(value, str | list) or not all(isinstance(each, str) for each in items):
            self.fault(name, "wrong_type", f'"{name}" must be a list of texts')
            return None
        return [str(each).strip() for each in items if str(each).strip()]

    def choices(self, name: str, options: type[Choice]) -> list[Choice]:
        """One or more of `options`, in the order given, written like `texts`. Required, but may be an empty list."""
        known = {each.value: each for each in options}
        if self._present(name) is None:
            self._absent(name, "", required=True)
        items = self.texts(name) or []
        for unknown in [each for each in items if each not in known]:
            self.fault(name, "unknown_choice", f'"{name}" must consist of {", ".join(known)}, not "{unknown}"')
        return [known[each] for each in items if each in known]

    def named_texts(self, name: str, *, takes_scalars: bool = False) -> dict[str, str] | None:
        """An object whose values are texts, or JSON text of one; None when absent, which an empty object is not.

        With `takes_scalars`, numbers and booleans are taken by their text.
        """
        value = self._decoded(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.fault(name, "wrong_type", f'"{name}" must be an object')
            return None
        if takes_scalars:
            value = {key: text_of(each) if isinstance(each, int | float) else each for key, each in value.items()}
        for key in [key for key, each in value.items() if not isinstance(each, str)]:
            self.faults.append(Fault((*self._at, name, key), "wrong_type", f'"{name}.{key}" must be text'))
        return {key: each for key, each in value.items() if isinstance(each, str)}

    def schema(self, name: str) -> JsonObject | bool | None:
        """A JSON Schema, or JSON text of one; None when absent. A field that is merely switched off, false, is none."""
        value = None if self._is_off(name) else self._decoded(name)
        if value is None or isinstance(value, dict | bool):
            return value
        self.fault(name, "wrong_type", f'"{name}" must be a JSON Schema: an object or a boolean')
        return None

    def _is_off(self, name: str) -> bool:
        return not lenient_bool(self.raw(name), default=True)

    def _decoded(self, name: str) -> Json:
        value = self._present(name)
        if not isinstance(value, str):
            return value
        try:
            return parsed(value)
        except ValueError as unreadable:
            self.fault(name, "not_json", f'"{name}" is not valid JSON: {unreadable}')
            return None

    def _present(self, name: str) -> Json:
        """The value, or None when it is absent, null or blank text."""
        value = self._config.get(name)
        return None if isinstance(value, str) and not value.strip() else value

    def _absent(self, name: str, default: str, *, required: bool) -> str:
        if required:
            self.fault(name, "required", f'"{name}" is required')
        return default


def _range(lowest: float | None, highest: float | None) -> str:
    if lowest is None:
        return f"at most {highest}"
    return f"at least {lowest}" if highest is None else f"between {lowest} and {highest}"
