"""JSON Schema, Draft 2020-12, of what templates can be told."""

from typing import Final

from domain.knowledge.scope import ScopeType
from domain.templates.parameters import (
    HIGHEST_TOP_K,
    LONGEST_QUERY_PATH,
    TAKEN,
    TAKEN_PREFIX,
    THIS,
    USUAL_QUERY_PATH,
    USUAL_TOP_K,
)
from domain.values.json import JsonObject

_NAME: Final = "[A-Za-z0-9_]+"
_FREE: Final = rf"(?!{TAKEN_PREFIX}|(?:{'|'.join(TAKEN)})(?![A-Za-z0-9_]))"
_QUERY_PATH: Final = rf"^\s*(?:{_FREE}{_NAME}(?:\.{_NAME})*\s*)?$"

_COUNT: Final = "|".join(str(each) for each in range(1, HIGHEST_TOP_K + 1))
_TOP_K_TEXT: Final = rf"^\s*\+?0*(?:{_COUNT})(?:\.0*)?\s*$"

_HEX: Final = "[0-9a-fA-F]"
_UUID: Final = f"^{_HEX}{{8}}(?:-{_HEX}{{4}}){{3}}-{_HEX}{{12}}$"


def parameters_schema() -> JsonObject:
    """What it allows, `read_parameters` takes, and nothing else but a few more ways to spell a number."""
    number: JsonObject = {"type": "integer", "minimum": 1, "maximum": HIGHEST_TOP_K}
    identifier: JsonObject = {"type": "string", "format": "uuid", "pattern": _UUID}
    or_this: JsonObject = {"anyOf": [identifier, {"const": THIS}]}
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "queryPath": {
                "type": "string",
                "minLength": 1,
                "maxLength": LONGEST_QUERY_PATH,
                "pattern": _QUERY_PATH,
                "default": USUAL_QUERY_PATH,
                "description": "Where in the payload the question is; not where the template keeps something else.",
            },
            "topK": {
                "anyOf": [number, {"type": "string", "pattern": _TOP_K_TEXT}],
                "default": USUAL_TOP_K,
                "description": "How many passages are looked up at most.",
            },
            "corpusId": {**identifier, "description": "The corpus to look in and to add documents to."},
            "scopeType": {
                "type": "string",
                "enum": [each.value for each in ScopeType],
                "description": "Whose knowledge; the kind of id that is given says it, too. Without any, documents go "
                "to the new workflow's own knowledge, and a run that brings none searches all that you have.",
            },
            "workflowId": {**or_this, "description": "For the scope of a workflow; this is the new one."},
            "executionId": {**or_this, "description": "For the scope of a run; this is the one that runs."},
        },
        "dependentSchemas": {"scopeType": {"allOf": [_needs("workflow"), _needs("execution")]}},
    }


def _needs(kind: str) -> JsonObject:
    return {"if": {"properties": {"scopeType": {"const": kind}}}, "then": {"required": [f"{kind}Id"]}}
