"""What nodes with JavaScript in them have in common."""

import re
from dataclasses import replace
from typing import Final

from application.nodes.node import NodeContext, NodeFailed, NodeMisconfigured
from application.ports.script_sandbox import ConsoleLine, Script, ScriptFailed, ScriptUnparsable
from domain.errors import Unavailable
from domain.values.json import UNDEFINED, JsonObject, MaybeJson

DEFAULT_LIMIT_MS: Final = 10_000
LONGEST_LIMIT_MS: Final = 300_000

_NODES: Final = re.compile(r"\bnodes\b")
_LEVELS: Final = {"warn": "warn", "error": "error", "debug": "debug"}


async def result_of(script: Script, context: NodeContext, *, field: str, failure: str) -> MaybeJson:
    """The value of a script, its console lines written to the log of the run.

    Raise NodeMisconfigured when the text in `field` is no JavaScript, NodeFailed beginning with `failure` when there
    is no result.
    """
    try:
        result = await context.scripts.run(replace(script, owner=str(context.owner_id)))
    except ScriptUnparsable as unparsable:
        raise NodeMisconfigured(f'"{field}" is not valid JavaScript: {unparsable}') from unparsable
    except ScriptFailed as failed:
        _write(failed.console, context)
        raise NodeFailed(f"{failure}: {failed}") from failed
    except Unavailable as closed:
        raise NodeFailed(f"{failure}: {closed}") from closed
    _write(result.console, context)
    return result.value


def named_outputs(source: str, context: NodeContext) -> JsonObject:
    """What earlier nodes handed on, as `nodes`, where a script names it: outputs can be many megabytes."""
    return {"nodes": context.outputs_by_id()} if _NODES.search(source) else {}


def as_output(value: MaybeJson) -> JsonObject:
    """An object as it is, nothing for undefined, anything else under `result`."""
    if value is UNDEFINED:
        return {}
    return value if isinstance(value, dict) else {"result": value}


def _write(console: tuple[ConsoleLine, ...], context: NodeContext) -> None:
    for line in console:
        context.log.write(
            _LEVELS.get(line.level, "info"),
            line.text,
            executionId=str(context.execution_id),
            nodeId=context.node_id,
        )
