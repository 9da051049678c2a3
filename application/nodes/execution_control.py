"""Counts, bounds or ends the run as a whole."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar, Final, Self

from application.nodes.config_reader import ConfigReader
from application.nodes.node import NodeContext, NodeOutput
from domain.executions.context import ContextPatch, Control, control_as_json
from domain.values.json import JsonObject
from domain.values.timestamps import timestamp


class Action(StrEnum):
    INCREMENT_RETRY = "increment-retry"
    INCREMENT_LOOP = "increment-loop"
    RESET_RETRY = "reset-retry"
    RESET_LOOP = "reset-loop"
    SET_MAX_RETRIES = "set-max-retries"
    SET_MAX_LOOPS = "set-max-loops"
    TERMINATE = "terminate"
    CLEAR_TERMINATE = "clear-terminate"


_EFFECTS: Final[Mapping[Action, Callable[[Control, int], Control]]] = {
    Action.INCREMENT_RETRY: lambda control, by: replace(control, retry_count=control.retry_count + by),
    Action.INCREMENT_LOOP: lambda control, by: replace(control, loop_count=control.loop_count + by),
    Action.RESET_RETRY: lambda control, _: replace(control, retry_count=0),
    Action.RESET_LOOP: lambda control, _: replace(control, loop_count=0),
    Action.SET_MAX_RETRIES: lambda control, to: replace(control, max_retries=to),
    Action.SET_MAX_LOOPS: lambda control, to: replace(control, max_loops=max(1, to)),
    Action.TERMINATE: lambda control, _: replace(control, terminate=True),
    Action.CLEAR_TERMINATE: lambda control, _: replace(control, terminate=False),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionControl:
    """Works on the counters of the whole run. `value` is cut to a whole number, and a negative one to 0.

    The reason for a termination is remembered and told when the run ends.
    """

    type: ClassVar[str] = "execution-control"
    category: ClassVar[str] = "logic"
    is_independent: ClassVar[bool] = False

    action: Action
    value: int
    reason: str | None

    @classmethod
    def configured(cls, fields: ConfigReader) -> Self:
        return cls(
            action=fields.choice("action", Action, default=Action.INCREMENT_RETRY),
            value=max(0, math.floor(fields.number("value", default=1))),
            reason=fields.text("reason") or None,
        )

    async def run(self, received: JsonObject, context: NodeContext) -> NodeOutput:
        control = _EFFECTS[self.action](context.control, self.value)
        told: JsonObject = {
            "action": self.action.value,
            "reason": self.reason,
            "state": control_as_json(control),
            "updatedAt": timestamp(context.now),
        }
        patch = ContextPatch(memory=self._remembered(), control=control)
        return NodeOutput.adding(received, {"_control": told}, patch=patch)

    def _remembered(self) -> JsonObject:
        is_worth_it = self.action is Action.TERMINATE and self.reason is not None
        return {"control.terminateReason": self.reason} if is_worth_it else {}
