"""Reads parameters as people and editors send them, and names all that is wrong with them."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from domain.errors import Fault
from domain.knowledge.scope import ScopeType
from domain.templates.parameters import (
    HIGHEST_TOP_K,
    LONGEST_QUERY_PATH,
    TAKEN,
    TAKEN_PREFIX,
    THIS,
    USUAL_QUERY_PATH,
    USUAL_TOP_K,
    TemplateParameters,
)
from domain.values.coercion import number_of, trimmed
from domain.values.interpolation import PLACEHOLDER
from domain.values.json import UNDEFINED, JsonObject, MaybeJson

WHERE: Final = "params"
NAMES: Final = ("queryPath", "topK", "corpusId", "scopeType", "workflowId", "executionId")

_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_WRONG_TYPE: Final = "wrong_type"


def read_parameters(given: MaybeJson) -> tuple[TemplateParameters, Sequence[Fault]]:
    """What `given` says, absent things by their defaults. Good for use only where there are no faults."""
    if given is UNDEFINED:
        return TemplateParameters(), ()
    if not isinstance(given, dict):
        return TemplateParameters(), (Fault((WHERE,), _WRONG_TYPE, "Expected object"),)
    reading = _Reading(given)
    read = reading.parameters()
    return read, reading.faults


@dataclass(frozen=True, slots=True)
class _Reading:
    given: JsonObject
    faults: list[Fault] = field(default_factory=list)

    def parameters(self) -> TemplateParameters:
        for name in [name for name in self.given if name not in NAMES]:
            self._fault(name, "unknown_key", f"There is no such parameter; there are {', '.join(NAMES)}")
        query_path, top_k = self._query_path(), self._top_k()
        corpus_id, said_type = self._id("corpusId"), self._scope_type()
        workflow_id, execution_id = self._id("workflowId", or_this=True), self._id("executionId", or_this=True)
        scope_type = said_type or _implied(workflow_id, execution_id)
        if not any(fault.code == _WRONG_TYPE for fault in self.faults):
            self._need_id(said_type, ScopeType.WORKFLOW, "workflowId")
            self._need_id(said_type, ScopeType.EXECUTION, "executionId")
        return TemplateParameters(
            query_path=query_path,
            top_k=top_k,
            corpus_id=corpus_id,
            scope_type=scope_type,
            workflow_id=workflow_id if scope_type is ScopeType.WORKFLOW else None,
            execution_id=execution_id if scope_type is ScopeType.EXECUTION else None,
        )

    def _query_path(self) -> str:
        text = self._text("queryPath")
        if text is None:
            return USUAL_QUERY_PATH
        if not 1 <= len(text) <= LONGEST_QUERY_PATH:
            self._fault("queryPath", "wrong_length", f"Must have 1 to {LONGEST_QUERY_PATH} characters")
        path = trimmed(text) or USUAL_QUERY_PATH
        if not PLACEHOLDER.fullmatch("{{" + path + "}}"):
            message = "Must be names of letters, digits and underscores with dots between them, such as body.question"
            self._fault("queryPath", "malformed", message)
        elif (first := path.partition(".")[0]) in TAKEN or first.startswith(TAKEN_PREFIX):
            message = f'"{first}" is what nodes of the template read and write: the question has to be elsewhere'
            self._fault("queryPath", "taken", message)
        return path

    def _top_k(self) -> int:
        value = self.given.get("topK", UNDEFINED)
        if value is UNDEFINED:
            return USUAL_TOP_K
        number = math.nan if isinstance(value, dict | list) else number_of(value)
        if not math.isfinite(number):
            self._fault("topK", _WRONG_TYPE, "Expected number")
        elif not number.is_integer():
            self._fault("topK", "not_integer", "Expected a whole number")
        elif not 1 <= number <= HIGHEST_TOP_K:
            self._fault("topK", "out_of_range", f"Number must be between 1 and {HIGHEST_TOP_K}")
        else:
            return int(number)
        return USUAL_TOP_K

    def _id(self, name: str, *, or_this: bool = False) -> str | None:
        text = self._text(name)
        if text is None or (or_this and text == THIS):
            return text
        if not _UUID.fullmatch(text):
            self._fault(name, "invalid_uuid", f'Must be a UUID or "{THIS}"' if or_this else "Invalid uuid")
        return text.lower()

    def _scope_type(self) -> ScopeType | None:
        text = self._text("scopeType")
        if text is None:
            return None
        if text not in list(ScopeType):
            listed = " | ".join(f"'{each.value}'" for each in ScopeType)
            self._fault("scopeType", "unknown_choice", f"Invalid enum value. Expected {listed}")
            return None
        return ScopeType(text)

    def _need_id(self, said: ScopeType | None, kind: ScopeType, name: str) -> None:
        if said is kind and name not in self.given:
            self._fault(name, "required", f'The scope "{kind.value}" needs an id, or "{THIS}"')

    def _text(self, name: str) -> str | None:
        """None where it is absent, or no text and told so."""
        value = self.given.get(name, UNDEFINED)
        if value is not UNDEFINED and not isinstance(value, str):
            self._fault(name, _WRONG_TYPE, "Expected string")
        return value if isinstance(value, str) else None

    def _fault(self, name: str, code: str, message: str) -> None:
        self.faults.append(Fault((WHERE, name), code, message))


def _implied(workflow_id: str | None, execution_id: str | None) -> ScopeType | None:
    if execution_id is not None:
        return ScopeType.EXECUTION
    return None if workflow_id is None else ScopeType.WORKFLOW
