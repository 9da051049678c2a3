"""Calls an address on the network."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final, Self
from uuid import uuid5

from application.nodes.config_reader import ConfigReader
from application.nodes.node import NodeContext, NodeFailed, NodeOutput
from application.ports.http_fetcher import FetchReply, FetchRequest
from domain.outgoing.body_filling import filled_body
from domain.outgoing.errors import OutgoingCallFailed
from domain.outgoing.text import text_of_body
from domain.outgoing.url_filling import filled_url
from domain.values.json import Json, JsonObject, parsed

LONGEST_TIMEOUT_MS: Final = 3_600_000
_QUOTED_CHARACTERS: Final = 200
_SLOW_TO_PARSE: Final = 256 * 1024
_MOST_DEPTH: Final = 128


class Method(StrEnum):
    GET = "GET"
    POST = "POST"
    PUT = "PUT"
    PATCH = "PATCH"
    DELETE = "DELETE"
    HEAD = "HEAD"
    OPTIONS = "OPTIONS"


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """Sends what is configured, with values of the input filled in, and hands on the answer instead of the input.

    An answer that says it is JSON is parsed; any other is text, and so is none at all. Statuses other than 2xx fail
    the node unless `fails_on_error` is off. All attempts of one node in one run carry the same idempotency key, except
    that work which was rejected is asked for anew under another one.
    """

    type: ClassVar[str] = "http-request"
    category: ClassVar[str] = "action"
    is_independent: ClassVar[bool] = True

    url: str
    method: Method
    headers: Mapping[str, str]
    body: str
    timeout_ms: float
    fails_on_error: bool

    @classmethod
    def configured(cls, fields: ConfigReader) -> Self:
        url = fields.text("url", required=True).strip()
        if url and not url.startswith(("http://", "https://")):
            fields.fault("url", "bad_url", '"url" must start with http:// or https://')
        return cls(
            url=url,
            method=_method(fields),
            headers=fields.named_texts("headers", takes_scalars=True) or {},
            body=fields.verbatim("body"),
            timeout_ms=fields.number("timeoutMs", default=30_000, lowest=1, highest=LONGEST_TIMEOUT_MS),
            fails_on_error=fields.raw("failOnError") is not False,
        )

    async def run(self, received: JsonObject, context: NodeContext) -> NodeOutput:
        try:
            reply = await context.fetcher.fetch(self._request(received, context))
        except OutgoingCallFailed as failure:
            raise NodeFailed(str(failure)) from failure
        content_type = reply.headers.get("content-type", "")
        text = text_of_body(reply.body, content_type)
        if self.fails_on_error and not 200 <= reply.status < 300:
            raise NodeFailed(f"HTTP request failed with status {reply.status}: {text[:_QUOTED_CHARACTERS]}")
        is_json = "application/json" in content_type.lower()
        return NodeOutput.of(
            {
                "status": reply.status,
                "statusText": reply.status_text,
                "headers": dict(reply.headers),
                "body": await _json(text, reply) if is_json and text.strip() else text,
            }
        )

    def _request(self, received: JsonObject, context: NodeContext) -> FetchRequest:
        data = context.readable(received)
        has_type = any(name.lower() == "content-type" for name in self.headers)
        headers = {**({} if has_type else {"Content-Type": "application/json"}), **self.headers}
        return FetchRequest(
            method=self.method.value,
            url=filled_url(self.url, data),
            headers=headers,
            body=self._filled_body(data, headers),
            time_limit=self.timeout_ms / 1000,
            idempotency_key=str(uuid5(context.execution_id, _name(context))),
        )

    def _filled_body(self, data: JsonObject, headers: Mapping[str, str]) -> bytes | None:
        if not self.body or self.method in (Method.GET, Method.HEAD):
            return None
        content_type = next(value for name, value in headers.items() if name.lower() == "content-type")
        return filled_body(self.body, data, content_type=content_type).encode("utf-8", "replace")


def _name(context: NodeContext) -> str:
    """Of the call within its run. Whoever receives it must not answer anew work with what was rejected."""
    return context.node_id if context.round == 1 else f"{context.node_id}/{context.round}"


def _method(fields: ConfigReader) -> Method:
    """In any case; absent is GET, but a cleared field is not."""
    named = fields.text("method", default=Method.GET.value).strip().upper()
    given = fields.raw("method")
    is_cleared = isinstance(given, str) and not given.strip()
    if is_cleared or named not in list(Method):
        fields.fault("method", "unknown_choice", f'"method" must be one of {", ".join(Method)}')
        return Method.GET
    return Method(named)


async def _json(text: str, reply: FetchReply) -> Json:
    try:
        return await asyncio.to_thread(_flat, text) if len(text) > _SLOW_TO_PARSE else _flat(text)
    except ValueError as unreadable:
        raise NodeFailed(f"The answer (status {reply.status}) says it is JSON but is not: {unreadable}") from unreadable


def _flat(text: str) -> Json:
    """Raise ValueError also for JSON that nests too deep: what it is handed to may run out of stack."""
    value = parsed(text)
    level: list[Json] = [value]
    for _ in range(_MOST_DEPTH):
        level = [inner for outer in level for inner in _inner(outer)]
        if not level:
            return value
    raise ValueError(f"nested more than {_MOST_DEPTH} deep")


def _inner(value: Json) -> Iterable[Json]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
