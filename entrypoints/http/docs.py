"""The description of the API for people, at `/docs`: one page, no scripts, nothing from elsewhere."""

import json
import re
from collections.abc import Iterator
from html import escape
from typing import Any, Final, TypeAlias

from litestar import Request, Response, get
from litestar.enums import MediaType

from entrypoints.http.admission import PUBLIC
from entrypoints.http.openapi import api_description

Described: TypeAlias = dict[str, Any]

_STYLE: Final = """
html { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
summary { cursor: pointer; padding: .3rem 0 } code, pre { font-family: ui-monospace, monospace; font-size: .9em }
pre { overflow-x: auto; padding: .7rem; border: 1px solid #8886; border-radius: .4rem } b { margin-right: .5rem }
"""
_HEADERS: Final = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"}
_PAGE: Final = "docs_page"
_REFERENCE: Final = re.compile(r"#/components/schemas/([\w.\-]+)")


@get("/docs", include_in_schema=False, opt={PUBLIC: True}, sync_to_thread=False)
def docs(request: Request[Any, Any, Any]) -> Response[str]:
    """Every route with what it takes and gives, drawn from the same description that programs read."""
    if _PAGE not in request.app.state:
        request.app.state[_PAGE] = rendered(api_description(request.app))
    return Response(request.app.state[_PAGE], media_type=MediaType.HTML, headers=_HEADERS)


def rendered(api: Described) -> str:
    info = api["info"]
    title = escape(f"{info['title']} {info['version']}")
    return "\n".join(
        [
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>',
            f"<style>{_STYLE}</style></head><body><h1>{title}</h1><p>{escape(info.get('description', ''))}</p>",
            '<p>For programs: <a href="/schema/openapi.json">/schema/openapi.json</a></p><h2>Routes</h2>',
            *(_route(path, method, of) for path, item in api["paths"].items() for method, of in item.items()),
            "<h2>Shapes</h2>",
            *(_shape(name, schema) for name, schema in api["components"].get("schemas", {}).items()),
            "</body></html>",
        ]
    )


def _route(path: str, method: str, operation: Described) -> str:
    needs_token = "" if operation.get("security") == [{}] else " · bearer token"
    return (
        f"<details><summary><b>{method.upper()}</b><code>{escape(path)}</code></summary>"
        f"<p>{escape(operation.get('description') or operation.get('summary', ''))}{needs_token}</p>"
        f"{''.join(_parts(operation))}</details>"
    )


def _parts(operation: Described) -> Iterator[str]:
    for parameter in operation.get("parameters", []):
        yield f"<p><code>{escape(parameter['name'])}</code> in {parameter['in']}</p>{_json(parameter['schema'])}"
    if body := operation.get("requestBody"):
        yield f"<p>Body</p>{_contents(body)}"
    for status, response in operation.get("responses", {}).items():
        yield f"<p>{escape(status)} · {escape(response['description'])}</p>{_contents(response)}"


def _contents(message: Described) -> str:
    return "".join(_json(media["schema"]) for media in message.get("content", {}).values())


def _shape(name: str, schema: Described) -> str:
    return f'<details id="{escape(name)}"><summary><code>{escape(name)}</code></summary>{_json(schema)}</details>'


def _json(schema: Described) -> str:
    """The schema as it is, its references turned into links within the page."""
    text = escape(json.dumps(schema, indent=2, ensure_ascii=False), quote=False)
    return f"<pre>{_REFERENCE.sub(lambda found: _link(found[1]), text)}</pre>"


def _link(name: str) -> str:
    return f'<a href="#{name}">{name}</a>'
