"""`rex demo`: the main job, end to end, against a real server started for the occasion."""

import asyncio
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Annotated, Any, Final

import httpx
import msgspec
import typer

from domain.templates.parameters import THIS
from entrypoints.cli.answering import print_answer
from entrypoints.cli.documents import documents_in
from entrypoints.cli.exit_codes import ExitCode
from entrypoints.cli.output import err, out
from entrypoints.cli.timeline import print_timeline, statuses_by_label

START_SECONDS: Final = 60
RUN_SECONDS: Final = 30
FINAL: Final = ("completed", "failed", "canceled")


class NotAsExpected(Exception):
    """The demo saw something else than it should have."""


def demo(
    examples: Annotated[Path, typer.Option(exists=True, file_okay=False, help="Where the demo's files are.")] = Path(
        "examples"
    ),
) -> None:
    """Start REX on a free port with empty data, route real orders through a workflow, ask a question to documents."""
    try:
        with _server() as url:
            asyncio.run(show(url, examples))
    except (NotAsExpected, httpx.HTTPError, OSError) as failure:
        err.print(f"The demo failed: {failure}", style="red", markup=False)
        sys.exit(ExitCode.UNEXPECTED)
    out.print("[green]Everything went as expected.[/green]")


@contextmanager
def _server() -> Iterator[str]:
    """`rex up` as a process of its own, on a free port, with a data directory that vanishes afterwards."""
    with tempfile.TemporaryDirectory(prefix="rex-demo-") as data_dir:
        Path(data_dir).chmod(0o711)
        port = _free_port()
        environment = _environment(data_dir, port)
        command = [sys.executable, "-m", "entrypoints.cli", "up"]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own command
            try:
                _wait_until_ready(process)
                yield f"http://127.0.0.1:{port}"
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(timeout=START_SECONDS)


def _environment(data_dir: str, port: int) -> dict[str, str]:
    """This process's environment without anything that would lead the demo to a real database."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("POSTGRES_", "DATABASE_"))}
    return inherited | {
        "REX_ENV": "development",
        "REX_DATA_DIR": data_dir,
        "BACKEND_HOST": "127.0.0.1",
        "BACKEND_PORT": str(port),
        "LOG_LEVEL": "error",
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if "REX is ready" in line:
            return
    raise NotAsExpected(f"rex up ended with exit code {process.wait()} before it was ready")


async def show(url: str, examples: Path) -> None:
    async with _signed_in(url) as client:
        await _route_orders(client, examples)
        await _ask_documents(client, examples)


async def _route_orders(client: httpx.AsyncClient, examples: Path) -> None:
    drawing = msgspec.json.decode((examples / "route-orders.json").read_bytes())
    labels = {node["id"]: node["label"] for node in drawing["nodes"]}
    workflow = await _answer(client.post("/api/workflows", json=drawing), 201)
    out.print(f"Created the workflow [bold]{workflow['name']}[/bold]: {len(workflow['nodes'])} nodes")
    for order in msgspec.json.decode((examples / "orders.json").read_bytes()):
        record = await _run(client, workflow["id"], order["payload"])
        print_timeline(out, record, labels)
        _compare(record, labels, order["expect"])


async def _ask_documents(client: httpx.AsyncClient, examples: Path) -> None:
    """A template becomes a workflow, reads the documents and answers from them, citing them."""
    wanted = msgspec.json.decode((examples / "lighthouse.json").read_bytes())
    path = f"/api/workflow-templates/{wanted['template']}/instantiate"
    workflow = await _answer(client.post(path, json={"params": {"workflowId": THIS}}), 201)
    documents = documents_in([examples / wanted["documents"]])
    out.print(f"Created [bold]{workflow['name']}[/bold] from a template; it reads {len(documents)} documents")
    record = await _run(client, workflow["id"], {"query": wanted["ask"], "documents": documents})
    out.print(f"Asked: {wanted['ask']}")
    if record["status"] != "completed":
        raise NotAsExpected(f"run {record['id']} is {record['status']}: {record['errorMessage']}")
    print_answer(dict(record))
    _check_answer(record, wanted["expect"])


def _check_answer(record: Mapping[str, Any], expected: Mapping[str, str]) -> None:
    answer = next(step["output"] for step in record["steps"] if step["nodeType"] == "llm")
    cited = [each["title"] for each in answer["knowledge"]["used"] if f"[{each['number']}]" in answer["content"]]
    if expected["answer"] not in answer["content"] or expected["cited"] not in cited:
        raise NotAsExpected(f"the answer should speak of {expected['answer']!r} and cite {expected['cited']!r}")


@asynccontextmanager
async def _signed_in(url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=url, timeout=RUN_SECONDS, trust_env=False) as client:
        person = {"email": "demo@example.com", "name": "Demo", "password": secrets.token_urlsafe(16)}
        account = await _answer(client.post("/api/auth/register", json=person), 201)
        client.headers["authorization"] = f"Bearer {account['token']}"
        out.print(f"Registered {account['user']['email']}")
        yield client


async def _run(client: httpx.AsyncClient, workflow_id: str, payload: Any) -> Mapping[str, Any]:
    started = await _answer(client.post(f"/api/workflows/{workflow_id}/execute", json={"payload": payload}), 202)
    deadline = time.monotonic() + RUN_SECONDS
    while time.monotonic() < deadline:
        record: Mapping[str, Any] = await _answer(client.get(f"/api/executions/{started['executionId']}"), 200)
        if record["status"] in FINAL:
            return record
        await asyncio.sleep(0.05)
    raise NotAsExpected(f"run {started['executionId']} was not over after {RUN_SECONDS} s")


async def _answer(request: Any, status: int) -> Any:
    response: httpx.Response = await request
    if response.status_code != status:
        raise NotAsExpected(f"{response.request.url.path} answered {response.status_code}: {response.text[:500]}")
    return response.json()["data"]


def _compare(record: Mapping[str, Any], labels: Mapping[str, str], expected: Mapping[str, list[str]]) -> None:
    if record["status"] != "completed":
        raise NotAsExpected(f"run {record['id']} is {record['status']}: {record['errorMessage']}")
    for status, wanted in expected.items():
        seen = statuses_by_label(record, labels, status)
        if sorted(seen) != sorted(wanted):
            raise NotAsExpected(f"{status} nodes should be {wanted}, but are {list(seen)}")
