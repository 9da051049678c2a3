"""Judges values by JSON Schema."""

from typing import Protocol

from domain.values.json import Json, JsonObject


class SchemaValidator(Protocol):
    def faults(self, schema: JsonObject | bool, value: Json) -> list[str]:
        """Everything that is wrong with `value`, each text beginning with a dotted path; empty when it is valid.

        The dialect is what `$schema` names, else Draft 2020-12. `format` is an annotation and refuses nothing.
        Nothing is ever fetched. A schema that is broken, refers to what is not there, or takes too long to evaluate
        is told the same way: no call raises. It may block for a while and may be called from any thread.
        """
