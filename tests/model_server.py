"""A model provider on a loopback port that can be told to misbehave.

Speaks Gemini's `generateContent`, and OpenAI's `chat/completions` and `embeddings`, over HTTP/1.1, one request per
connection. `next` prepares answers; without any it gives good ones. What it was asked is kept in `asked`.
"""

import asyncio
import gzip
import json
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

GOOD_TEXT = "Forty-two."


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request. Header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What to send. `wait` seconds pass before it, `drip` seconds before each byte of the body.

    `cut_off` ends the connection after half of the body, `hang_up` before the first byte; `keeps_sending` follows the
    body again and again for as long as somebody reads.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: float = 0
    drip: float = 0
    cut_off: bool = False
    hang_up: bool = False
    keeps_sending: bytes = b""


class ModelServer:
    """Read `url` for the address to configure; it has no path."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.dropped = asyncio.Event()
        """Set when a caller went away before its answer was complete."""
        self._prepared: deque[Answer] = deque()
        self._connections: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.url = ""

    @classmethod
    @asynccontextmanager
    async def running(cls) -> AsyncIterator["ModelServer"]:
        server = cls()
        await server.start()
        try:
            yield server
        finally:
            await server.stop()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for each in self._connections:
            each.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def next(self, *answers: Answer) -> None:
        self._prepared.extend(answers)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.create_task(self._serve(reader, writer))
        self._connections.add(connection)
        connection.add_done_callback(self._connections.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            asked = await _read(reader)
            if asked is not None:
                self.asked.append(asked)
                answer = self._prepared.popleft() if self._prepared else good_answer(asked)
                await self._reply(answer, reader, writer)
        except OSError:
            self.dropped.set()
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _reply(self, answer: Answer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sending = asyncio.create_task(_send(answer, writer))
        leaving = asyncio.create_task(reader.read(1))
        try:
            await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
            if not sending.done():
                self.dropped.set()
                return
            await sending
        finally:
            sending.cancel()
            leaving.cancel()
            await asyncio.gather(sending, leaving, return_exceptions=True)


async def _read(reader: asyncio.StreamReader) -> Asked | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    request_line, *lines = head.rstrip("\r\n").split("\r\n")
    method, path, _ = request_line.split(" ")
    headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Asked(method=method, path=path, headers=headers, body=body)


async def _send(answer: Answer, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(answer.wait)
    if answer.hang_up:
        return
    headers = {"content-type": "application/json", "connection": "close", **answer.headers}
    if not answer.keeps_sending:
        headers["content-length"] = str(len(answer.body))
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    writer.write(f"HTTP/1.1 {answer.status} Told\r\n{lines}\r\n".encode("latin-1"))
    body = answer.body[: len(answer.body) // 2] if answer.cut_off else answer.body
    if answer.drip:
        for byte in body:
            await asyncio.sleep(answer.drip)
            writer.write(bytes([byte]))
            await writer.drain()
    else:
        writer.write(body)
    await writer.drain()
    while answer.keeps_sending:
        writer.write(answer.keeps_sending)
        await writer.drain()


def good_answer(asked: Asked) -> Answer:
    """In the protocol that was asked in."""
    if asked.path.endswith("/embeddings"):
        return as_json(openai_embeds([vector_of(each) for each in asked.json["input"]]))
    return as_json(gemini_says() if ":generateContent" in asked.path else openai_says())


def as_json(content: Any, *, status: int = 200, **headers: str) -> Answer:
    """Underscores in header names become hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status=status, body=json.dumps(content).encode(), headers=named)


def gemini_says(text: str = GOOD_TEXT, *, finish: str = "STOP") -> dict[str, Any]:
    return {
        "candidates": [{"content": {"role": "model", "parts": [{"text": text}]}, "finishReason": finish, "index": 0}],
        "usageMetadata": {"promptTokenCount": 7, "candidatesTokenCount": 3, "totalTokenCount": 10},
        "modelVersion": "gemini-2.0-flash-001",
    }


def openai_says(text: str = GOOD_TEXT, *, finish: str = "stop") -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "model": "served-model",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}],
        "usage": {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10},
    }


def vector_of(text: str) -> list[float]:
    """Three numbers, others for other texts; not of length one."""
    return [float(len(text)), float(sum(text.encode())), 1.0]


def openai_embeds(vectors: list[list[float]]) -> dict[str, Any]:
    """In reverse order, which the protocol allows."""
    data = [{"object": "embedding", "index": at, "embedding": vector} for at, vector in enumerate(vectors)]
    return {"object": "list", "data": data[::-1], "model": "served-model", "usage": {"prompt_tokens": 7}}


def refusing(status: int, message: str, **headers: str) -> Answer:
    """An error in the form that both protocols share."""
    return as_json({"error": {"message": message, "code": status}}, status=status, **headers)


def zipped(content: bytes, **headers: str) -> Answer:
    return Answer(body=gzip.compress(content), headers={"content-encoding": "gzip", **headers})
