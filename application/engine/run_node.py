"""One node with its attempts."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from application.nodes.node import Node, NodeContext, NodeFailed, NodeMisconfigured, NodeOutput
from application.ports.clock import Clock
from domain.executions.attempt import Attempt, AttemptStatus
from domain.executions.context import Context
from domain.executions.redaction import redacted
from domain.executions.retry import RetryDirective, RetryPolicy
from domain.executions.step import shortened
from domain.values.json import JsonObject

CRASHED: Final = "The node crashed unexpectedly"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What the attempts came to. `output` is None exactly when `error` is set."""

    attempts: tuple[Attempt, ...]
    output: NodeOutput | None
    error: str | None
    context: Context


@dataclass(slots=True, kw_only=True)
class RunNode:
    """Try one node until it is done, its policy is used up, or the limits of the run are.

    Each attempt gets the same input; what an earlier attempt wrote to the context stays. Every retry counts against
    the run's own limits, which hold whatever a node's policy allows. NodeMisconfigured goes through: it is no attempt.
    """

    node: Node
    policy: RetryPolicy
    clock: Clock
    report_crash: Callable[[Exception], None]
    _attempts: list[Attempt] = field(default_factory=list)

    async def __call__(self, received: JsonObject, context: Context, seen: Callable[[Context], NodeContext]) -> Tried:
        while True:
            begun = self.clock.monotonic()
            try:
                output = await self.node.run(received, seen(context))
            except NodeMisconfigured:
                raise
            except Exception as failure:
                reason = self._described(failure)
                self._note(AttemptStatus.FAILED, begun, reason)
                if not self.policy.after_error(len(self._attempts)):
                    return self._failed(reason, context)
                context = self._counted(context, is_loop=False)
                delay_ms = self.policy.delay_ms
            else:
                context = self._patched(context, output)
                if output.retry is None or not self.policy.heeds_directives():
                    self._note(AttemptStatus.COMPLETED, begun)
                    return self._done(output, context)
                if len(self._attempts) + 1 >= self.policy.max_attempts:
                    return self._exhausted(output, output.retry, context, begun)
                self._note(AttemptStatus.RETRY, begun, redacted(output.retry.reason))
                context = self._counted(context, is_loop=self.policy.increment_loop_on_retry)
                delay_ms = self.policy.delay_ms if output.retry.delay_ms is None else output.retry.delay_ms
            if limit := context.control.exceeded():
                return self._failed(limit, context)
            if delay_ms:
                await self.clock.sleep(delay_ms / 1000)

    def _described(self, failure: Exception) -> str:
        """A node's own words, or for a defect its name only: its text may hold anything."""
        if isinstance(failure, NodeFailed):
            return shortened(redacted(str(failure)))
        self.report_crash(failure)
        return f"{CRASHED}: {type(failure).__name__}"

    def _note(self, status: AttemptStatus, begun: float, reason: str | None = None) -> None:
        spent = max(0, round((self.clock.monotonic() - begun) * 1000))
        short = None if reason is None else shortened(reason)
        self._attempts.append(Attempt(number=len(self._attempts) + 1, status=status, duration_ms=spent, reason=short))

    def _patched(self, context: Context, output: NodeOutput) -> Context:
        return context if output.patch is None else context.patched(output.patch, at=self.clock.now())

    def _counted(self, context: Context, *, is_loop: bool) -> Context:
        control = context.control
        counted = replace(
            control, retry_count=control.retry_count + 1, loop_count=control.loop_count + (1 if is_loop else 0)
        )
        return context.controlled(counted, at=self.clock.now())

    def _exhausted(self, output: NodeOutput, wish: RetryDirective, context: Context, begun: float) -> Tried:
        """The last attempt still asks for another one."""
        if not self.policy.fail_on_max_attempts:
            self._note(AttemptStatus.COMPLETED, begun)
            return self._done(output, context)
        used = f"{len(self._attempts) + 1}/{self.policy.max_attempts}"
        error = shortened(redacted(f"Retry attempts exhausted ({used}): {wish.reason}"))
        self._note(AttemptStatus.FAILED, begun, error)
        return self._failed(error, context)

    def _done(self, output: NodeOutput, context: Context) -> Tried:
        return Tried(attempts=tuple(self._attempts), output=output, error=None, context=context)

    def _failed(self, error: str, context: Context) -> Tried:
        return Tried(attempts=tuple(self._attempts), output=None, error=error, context=context)
