"""Evaluates JSON Schemas in a process of its own: one question and one answer per line of JSON.

This file is run as a script with an empty environment and isolated from the working directory, so it imports nothing
of REX. The process ends when its standard input does.
"""

import json
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Any, Final, cast

from jsonschema import Draft202012Validator, SchemaError, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for
from referencing import Registry
from referencing.exceptions import Unresolvable

READY: Final = "ready"
MEMORY_BYTES: Final = 1 << 30
MOST_FAULTS: Final = 100
LONGEST_FAULT: Final = 300


def faults(schema: Any, value: Any) -> list[str]:
    """Whatever a schema may be, the answer is a list of texts: it was written by users."""
    try:
        return list(islice(_faults(schema, value), MOST_FAULTS))
    except SchemaError as broken:
        return [_cut(f"schema: not a valid JSON Schema: {_where(broken)}: {broken.message}")]
    except Unresolvable as lost:
        return [_cut(f"schema: refers to what cannot be found: {lost.ref}")]
    except RecursionError:
        return ["schema: nested or recursive without end"]
    except Exception as failure:
        return [_cut(f"schema: cannot be evaluated: {type(failure).__name__}: {failure}")]


def _faults(schema: Any, value: Any) -> Iterator[str]:
    dialect = _dialect(schema)
    if dialect is None:
        yield _cut(f"schema: unknown dialect {schema['$schema']!r}")
        return
    dialect.check_schema(schema)
    for each in dialect(schema, registry=Registry()).iter_errors(value):
        yield _cut(f"{_where(each)}: {_reason(each)}")


def _dialect(schema: Any) -> type[Validator] | None:
    if not isinstance(schema, dict) or "$schema" not in schema:
        return Draft202012Validator
    unknown = cast("type[Validator]", None)
    return validator_for({"$schema": str(schema["$schema"])}, default=unknown)


def _where(error: ValidationError | SchemaError) -> str:
    return ".".join(map(str, error.absolute_path)) or "(root)"


def _reason(error: ValidationError) -> str:
    """In JSON's words where the library would repeat the value in Python's."""
    wanted: Any = error.validator_value
    keyword: Any = error.validator
    match keyword:
        case None:
            return "is not allowed here"
        case "type":
            return f"must be of type {wanted if isinstance(wanted, str) else ' or '.join(wanted)}"
        case "required" | "additionalProperties" | "unevaluatedProperties" | "dependentRequired":
            return error.message
        case _ if keyword in ("const", "enum", "pattern") or isinstance(wanted, int | float):
            return f'violates "{keyword}": {json.dumps(wanted, ensure_ascii=False)}'
        case _:
            return f'does not fit the "{keyword}" of the schema'


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_FAULT else text[: LONGEST_FAULT - 1] + "…"


def serve() -> None:
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    _say(READY)
    for line in sys.stdin:
        question = json.loads(line)
        _say(json.dumps(faults(question["schema"], question["value"])))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    serve()
