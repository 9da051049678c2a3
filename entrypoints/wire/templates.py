"""Templates on the wire, as they come in."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from application.templates.template_choice import TemplateChoice
from domain.errors import Invalid
from domain.templates.parameters_schema import parameters_schema
from domain.templates.read_parameters import WHERE, read_parameters
from domain.values.json import UNDEFINED
from domain.workflows.workflow import MAX_DESCRIPTION_LENGTH, MAX_NAME_LENGTH
from entrypoints.wire.schema_faults import faults_in


class TemplateRequest(Struct, kw_only=True):
    """What is absent or blank is taken from the template. Everything is taken as it is, so that all that is wrong
    with it can be told at once; `WRITTEN` is what it should be."""

    name: Any = UNSET
    description: Any = UNSET
    params: Any = UNSET

    def choice(self) -> TemplateChoice:
        """Raise Invalid with every fault."""
        given = {name: value for name, value in msgspec.structs.asdict(self).items() if value is not UNSET}
        params, wrong_params = read_parameters(given.get(WHERE, UNDEFINED))
        if faults := [*faults_in(given, _TEXTS), *wrong_params]:
            raise Invalid(faults=faults)
        return TemplateChoice(name=given.get("name", ""), description=given.get("description", ""), params=params)


class _Texts(Struct, kw_only=True):
    name: Annotated[str, Meta(min_length=1, max_length=MAX_NAME_LENGTH)] | UnsetType = UNSET
    description: Annotated[str, Meta(max_length=MAX_DESCRIPTION_LENGTH)] | UnsetType = UNSET


_TEXTS: Final = msgspec.inspect.type_info(_Texts)

WRITTEN: Final[Mapping[str, dict[str, Any]]] = {
    "name": {"type": "string", "minLength": 1, "maxLength": MAX_NAME_LENGTH},
    "description": {"type": "string", "maxLength": MAX_DESCRIPTION_LENGTH},
    "params": parameters_schema(),
}
"""JSON Schema of each field of a TemplateRequest."""
