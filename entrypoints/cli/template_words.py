"""What the words behind `rex template` ask for. All of it is read before an account or a workflow is made."""

from collections.abc import Iterator
from typing import Final

from application.templates.template_choice import TemplateChoice
from domain.errors import Fault, Invalid
from domain.templates.parameters import THIS, TemplateParameters
from domain.templates.published import PUBLISHED
from domain.templates.read_parameters import read_parameters
from domain.values.json import Json, JsonObject
from domain.workflows.workflow import MAX_NAME_LENGTH

_NO_TEXT: Final = "Must be text in UTF-8"
_DOCUMENTS: Final = "documents"
_SCOPES: Final = ("scopeType", "workflowId", "executionId", "corpusId")


def read_choice(template_id: str, name: str, given: list[str]) -> TemplateChoice:
    """Raise TemplateNotFound, or Invalid with all that is wrong."""
    PUBLISHED.get(template_id)
    params, faults = read_parameters(_written(given))
    if wrong := [*_wrong_name(name), *faults]:
        raise Invalid(faults=wrong)
    return TemplateChoice(name=name, params=params)


def with_own_scope(given: list[str]) -> list[str]:
    """Without a scope among the parameters the documents belong to the new workflow alone."""
    names = [each.partition("=")[0] for each in given]
    return given if any(name in _SCOPES for name in names) else [*given, f"workflowId={THIS}"]


def payload_of(params: TemplateParameters, question: str, documents: list[Json]) -> JsonObject:
    """Raise Invalid for a question that says nothing, or cannot be read."""
    if not question.strip():
        raise Invalid(faults=[Fault(("ask",), "required", "The question is blank")])
    if not _is_text(question):
        raise Invalid(faults=[Fault(("ask",), "malformed", _NO_TEXT)])
    first, *inner = params.query_path.split(".")
    asked: Json = question
    for name in reversed(inner):
        asked = {name: asked}
    return {first: asked, **({_DOCUMENTS: documents} if documents else {})}


def _wrong_name(name: str) -> Iterator[Fault]:
    if len(name) > MAX_NAME_LENGTH:
        yield Fault(("name",), "too_long", f"String must contain at most {MAX_NAME_LENGTH} character(s)")
    if not _is_text(name):
        yield Fault(("name",), "malformed", _NO_TEXT)


def _is_text(word: str) -> bool:
    """Words of a command line are bytes; those that spell nothing arrive as half characters."""
    return not any("\ud800" <= each <= "\udfff" for each in word)


def _written(given: list[str]) -> JsonObject:
    """Raise Invalid for what is no `name=value`."""
    read: dict[str, Json] = {}
    for each in given:
        name, sign, value = each.partition("=")
        if not sign:
            raise Invalid(f"{each!r} is not written as name=value")
        read[name] = value
    return read
