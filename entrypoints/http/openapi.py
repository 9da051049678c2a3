"""The description of the API for programs, at `/schema`."""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cached_property
from http import HTTPStatus
from importlib.metadata import version
from typing import Any, Final, TypeAlias

import msgspec
from litestar import Litestar, Request, Response, Router
from litestar.enums import MediaType
from litestar.exceptions import NotFoundException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from domain.accounts.user import MAX_EMAIL_LENGTH
from domain.templates.published import PUBLISHED
from entrypoints.http.admission import PUBLIC
from entrypoints.http.examples import example_of, refusal
from entrypoints.wire.templates import WRITTEN

Described: TypeAlias = dict[str, Any]

_BEARER: Final = SecurityScheme(
    type="http",
    scheme="bearer",
    bearer_format="JWT",
    description="What signing in gives, or a personal access token.",
)
_GENERIC: Final = re.compile(r"(Success|SuccessWithMeta)_(list_)?(.+)_")
_DONE: Final = {200: "Done", 201: "Created", 202: "Accepted: it will be done"}
_NOISE: Final = ("deprecated", "allowEmptyValue", "allowReserved")
_JSON: Final = "application/json"
_ANY_BODY: Final = {
    "description": 'Anything; what is not an object arrives as `{"body": …}`.',
    "required": False,
    "content": {
        _JSON: {"schema": {}, "example": {"orderId": 17}},
        "text/plain": {"schema": {"type": "string"}, "example": "order 17"},
    },
}


_SHARPER: Final[Mapping[tuple[str, str], Described]] = {
    ("Registration", "email"): {"type": "string", "format": "email", "maxLength": MAX_EMAIL_LENGTH},
    ("Credentials", "email"): {"type": "string", "format": "email", "maxLength": MAX_EMAIL_LENGTH},
    **{("TemplateRequest", field): rule for field, rule in WRITTEN.items()},
}
"""Rules that hold beyond the types of bodies: whoever keeps to these is not refused for them."""


_ON_EVERY_ANSWER: Final = {
    "X-Request-Id": {"description": "Names this exchange, also in REX's logs.", "schema": {"type": "string"}}
}
_COUNTED: Final = {
    f"X-RateLimit-{name}": {"description": description, "schema": {"type": "integer"}}
    for name, description in (
        ("Limit", "How many requests the window allows."),
        ("Remaining", "How many of them are left."),
        ("Reset", "In how many seconds a new window begins."),
    )
}


class Refined(JsonRenderPlugin):
    """Serves what `refined` makes of the framework's description; made once, at the first request."""

    def __init__(self) -> None:
        super().__init__(media_type=MediaType.JSON)
        self._made: bytes | None = None

    def render(self, request: Request[Any, Any, Any], openapi_schema: Described) -> bytes:
        if self._made is None:
            self._made = msgspec.json.encode(refined(openapi_schema))
        return self._made


def described() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="REX",
        version=version("rex"),
        description="The control plane for AI workflow automation.",
        components=Components(security_schemes={"bearer": _BEARER}),
        security=[{"bearer": []}],
        use_handler_docstrings=True,
        render_plugins=[Refined()],
        openapi_router=Router(
            "/schema", route_handlers=[], include_in_schema=False, opt={PUBLIC: True}, after_request=_plain_not_found
        ),
    )


def api_description(app: Litestar) -> Described:
    return refined(app.openapi_schema.to_schema())


def refined(schema: Described) -> Described:
    """The framework's description with plain names, without noise, and with an example for every body."""
    return _Refinement(schema).made


class _Refinement:
    def __init__(self, schema: Described) -> None:
        self._schema = deepcopy(schema)

    @cached_property
    def made(self) -> Described:
        names = {old: _plain(old) for old in self._schema["components"]["schemas"]}
        schema: Described = _renamed(self._schema, names)
        schema["paths"] = {_camel(path): item for path, item in sorted(schema["paths"].items())}
        self._components = schema["components"]["schemas"]
        for (component, field), rule in _SHARPER.items():
            self._components[component]["properties"][field] = rule
        for path, item in schema["paths"].items():
            for method, operation in item.items():
                self._refine(path, method, operation)
        return schema

    def _refine(self, path: str, method: str, operation: Described) -> None:
        operation["summary"] = _first_sentence(operation.get("description", ""))
        operation["operationId"] = _operation_id(path, method)
        if path.startswith("/api/webhooks/"):
            operation["requestBody"] = deepcopy(_ANY_BODY)
        for parameter in operation.get("parameters", []):
            _refine_parameter(parameter)
        for media in operation.get("requestBody", {}).get("content", {}).values():
            media.setdefault("example", example_of(media["schema"], self._components))
        is_counted = str(HTTPStatus.TOO_MANY_REQUESTS.value) in operation["responses"]
        for status, response in operation["responses"].items():
            self._refine_response(int(status), response)
            response["headers"] = {
                **response.get("headers", {}),
                **_ON_EVERY_ANSWER,
                **(_COUNTED if is_counted else {}),
            }
        _without_noise(operation)

    def _refine_response(self, status: int, response: Described) -> None:
        if status in _DONE:
            response["description"] = _DONE[status]
        for header in response.get("headers", {}).values():
            header.setdefault("schema", {"type": "string"})
            _without_noise(header)
        if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
            response["headers"] = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
        for media in response["content"].values():
            is_refusal = media["schema"].get("$ref", "").endswith("/Failure")
            media["example"] = refusal(status) if is_refusal else example_of(media["schema"], self._components)


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=\.) ", " ".join(text.split()), maxsplit=1)[0]


def _plain(name: str) -> str:
    """`Success_list_some.module.Record_` is a RecordListAnswer."""
    found = _GENERIC.fullmatch(name)
    if found is None:
        return name
    record = re.findall(r"[A-Z][A-Za-z]+", found[3])[0]
    return f"{record}{'List' if found[2] else ''}Answer" + ("WithNotes" if "SaveNotes" in name else "")


def _renamed(value: Any, names: dict[str, str]) -> Any:
    """The same with every component under its new name."""
    if isinstance(value, dict):
        return {names.get(key, key): _renamed(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [_renamed(each, names) for each in value]
    if isinstance(value, str) and value.startswith("#/components/schemas/"):
        return "#/components/schemas/" + names[value.rpartition("/")[2]]
    return value


def _refine_parameter(parameter: Described) -> None:
    parameter["name"] = _camel(parameter["name"])
    shape = parameter["schema"]
    shape.pop("description", None)
    if options := shape.pop("oneOf", None):
        shape.update(next(each for each in options if each.get("type") != "null"))
    if parameter["in"] == "path":
        parameter["schema"] = {"type": "string", "format": "uuid"}
        if parameter["name"] == "templateId":
            parameter["schema"] = {"type": "string", "enum": [each.id for each in PUBLISHED.newest()]}
    _without_noise(parameter)


def _camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda found: found[1].upper(), name)


def _operation_id(path: str, method: str) -> str:
    words: Iterator[str] = (word.strip("{}") for word in path.removeprefix("/api/").split("/"))
    return method + "".join(part[:1].upper() + part[1:] for word in words for part in word.split("-"))


def _without_noise(described: Described) -> None:
    for name in _NOISE:
        if described.get(name) is False:
            del described[name]


def _plain_not_found(response: Response[Any]) -> Response[Any]:
    """Unknown addresses below `/schema` are answered like all others, not by a page."""
    if response.status_code == NotFoundException.status_code:
        raise NotFoundException
    return response
