"""Graphs for tests against a running REX."""

from itertools import pairwise
from typing import Any
from uuid import NAMESPACE_URL, uuid5


def node(name: str, type: str, **config: Any) -> dict[str, Any]:
    return {"id": node_id(name), "type": type, "label": name, "position": {"x": 0, "y": 0}, "config": config}


def node_id(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, name))


def chain(*nodes: dict[str, Any]) -> dict[str, Any]:
    edges = [
        {"id": str(uuid5(NAMESPACE_URL, f"edge {at}")), "source": first["id"], "target": second["id"]}
        for at, (first, second) in enumerate(pairwise(nodes))
    ]
    return {"name": "A chain", "nodes": list(nodes), "edges": edges}


def slow_chain(*, pauses: int, milliseconds: int) -> dict[str, Any]:
    """Alternates pauses with counting: after it ran once through, the memory key `count` equals `pauses`."""
    links = [
        node("start", "manual-trigger"),
        node("retries", "execution-control", action="set-max-retries", value=1000),
        node("loops", "execution-control", action="set-max-loops", value=1000),
    ]
    for at in range(pauses):
        links.append(pause(f"pause {at}", milliseconds))
        links.append(node(f"count {at}", "memory-write", memoryKey="count", operation="increment"))
    return chain(*links, node("end", "output"))


def pause(name: str, milliseconds: int, **config: Any) -> dict[str, Any]:
    """Waits for a while without using the processor, and passes its input on."""
    waiting = f"Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, {milliseconds}); return input"
    return node(name, "code", code=waiting, **config)
