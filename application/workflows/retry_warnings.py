"""What a node's retry policy asks for and will not get."""

from collections.abc import Iterable, Iterator
from typing import Final

from application.nodes.config_reader import ConfigReader
from application.nodes.execution_control import Action, ExecutionControl
from domain.errors import Fault
from domain.executions.context import Control
from domain.executions.retry import MAX_ATTEMPTS, MAX_DELAY_MS, read_retry_policy
from domain.values.json import JsonObject, as_object
from domain.workflows.graph import GraphNode

_ALIASES: Final = {"maxAttempts": "retryMaxAttempts", "delayMs": "retryDelayMs"}
_RANGES: Final = {"maxAttempts": (1, MAX_ATTEMPTS), "delayMs": (0, MAX_DELAY_MS)}


def most_retries(nodes: Iterable[GraphNode]) -> int:
    """How many retries a run may make in all, as far as its graph can tell: nodes can raise the usual limit."""
    raised = [_raised_to(node) for node in nodes if node.type == ExecutionControl.type]
    return max((Control().max_retries, *raised))


def _raised_to(node: GraphNode) -> int:
    control = ExecutionControl.configured(ConfigReader(node.config))
    return control.value if control.action is Action.SET_MAX_RETRIES else 0


def retry_warnings(config: JsonObject, most: int) -> Iterator[Fault]:
    """`most` is how many retries a run of the graph may make in all. Paths lead into the config."""
    for name in _ALIASES:
        yield from _unread(name, config)
    policy = read_retry_policy(config)
    if policy.enabled and policy.max_attempts > most + 1:
        yield Fault(
            _place("maxAttempts", config),
            "over_run_limit",
            f"A run may make {most} retries in all, so there will be at most {most + 1} attempts, not"
            f" {policy.max_attempts}; an execution-control node before this one can set the limit higher",
        )


def _unread(name: str, config: JsonObject) -> Iterator[Fault]:
    *within, last = path = _place(name, config)
    lowest, highest = _RANGES[name]
    fields = ConfigReader(as_object(config.get("retryPolicy")) if within else config)
    fields.optional_number(last, lowest=lowest, highest=highest)
    yield from (Fault(path, fault.code, fault.message) for fault in fields.faults)


def _place(name: str, config: JsonObject) -> tuple[str, ...]:
    """Where the value is that counts: in the nested policy, unless it is blank there."""
    nested = as_object(config.get("retryPolicy")).get(name)
    is_blank = nested is None or (isinstance(nested, str) and not nested.strip())
    return (_ALIASES[name],) if is_blank else ("retryPolicy", name)
