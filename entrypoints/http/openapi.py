"""The description of the API for programs, at `/schema`."""

from importlib.metadata import version
from typing import Any

from litestar import Response, Router
from litestar.enums import MediaType
from litestar.exceptions import NotFoundException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from entrypoints.http.auth import PUBLIC

_BEARER = SecurityScheme(type="http", scheme="bearer", bearer_format="JWT")


def described() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="REX",
        version=version("rex"),
        description="The control plane for AI workflow automation.",
        components=Components(security_schemes={"bearer": _BEARER}),
        security=[{"bearer": []}],
        use_handler_docstrings=True,
        render_plugins=[JsonRenderPlugin(media_type=MediaType.JSON)],
        openapi_router=Router(
            "/schema", route_handlers=[], include_in_schema=False, opt={PUBLIC: True}, after_request=_plain_not_found
        ),
    )


def _plain_not_found(response: Response[Any]) -> Response[Any]:
    """Unknown addresses below `/schema` are answered like all others, not by a page."""
    if response.status_code == NotFoundException.status_code:
        raise NotFoundException
    return response
