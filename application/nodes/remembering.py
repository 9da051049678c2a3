"""What nodes with memory have in common."""

from typing import Final

from application.nodes.config_reader import ConfigReader
from application.nodes.node import NodeContext, NodeFailed
from application.ports.workflow_memory import Recalled
from domain.errors import Unavailable
from domain.executions.durable_memory import LARGEST_VALUE_BYTES, LONGEST_KEY, MOST_KEYS, MemoryScope
from domain.values.interpolation import json_text
from domain.values.json import UNDEFINED, Json, JsonObject

VALUE_KEY: Final = "_memoryValue"
"""Where memory nodes put the value unless told otherwise."""


def memory_key(fields: ConfigReader, scope: MemoryScope) -> str:
    key = fields.text("memoryKey", required=True).strip()
    if scope is MemoryScope.WORKFLOW and len(key) > LONGEST_KEY:
        fields.fault("memoryKey", "out_of_range", f'"memoryKey" must have at most {LONGEST_KEY} characters')
    return key


async def recalled(key: str, scope: MemoryScope, context: NodeContext) -> Recalled:
    """What is remembered under `key`. Raise NodeFailed when the workflow's memory cannot be reached."""
    if scope is MemoryScope.RUN:
        return Recalled(value=context.memory.get(key, UNDEFINED), keys=len(context.memory))
    try:
        return await context.workflow_memory.recall(context.workflow_id, key)
    except Unavailable as away:
        raise NodeFailed(f"The memory of the workflow cannot be reached: {away}") from away


def refuse_too_much(key: str, value: Json, known: Recalled) -> None:
    """Raise NodeFailed for what a workflow's memory would not take."""
    size = len(json_text(value).encode("utf-8", "surrogatepass"))
    if size > LARGEST_VALUE_BYTES:
        raise NodeFailed(
            f'Memory key "{key}" would hold {size} bytes of JSON; a workflow remembers at most {LARGEST_VALUE_BYTES}'
        )
    if known.value is UNDEFINED and known.keys >= MOST_KEYS:
        raise NodeFailed(f"The workflow already remembers {MOST_KEYS} keys; that is the most")


def told_scope(scope: MemoryScope) -> JsonObject:
    """Receipts name the scope where it is not the usual one."""
    return {} if scope is MemoryScope.RUN else {"scope": scope.value}
