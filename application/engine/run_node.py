"""One node with its attempts."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from application.nodes.node import Node, NodeContext, NodeFailed, NodeMisconfigured, NodeOutput
from application.ports.clock import Clock
from domain.executions.attempt import Attempt, AttemptStatus
from domain.executions.context import Context, ContextPatch
from domain.executions.limits import RunLimits
from domain.executions.redaction import redacted
from domain.executions.rerun import RETRY_KEY
from domain.executions.retrieval import RetrievalEvent
from domain.executions.retry import RetryDirective, RetryPolicy
from domain.executions.snapshot import Sizes
from domain.executions.step import shortened
from domain.values.interpolation import FilledTooLarge
from domain.values.json import JsonObject
from domain.values.json_depth import DEEPEST, is_deeper_than
from domain.values.json_size import json_size, size_text

CRASHED: Final = "The node crashed unexpectedly"


def crash_text(failure: Exception) -> str:
    return f"{CRASHED}: {type(failure).__name__}"


@dataclass(frozen=True, slots=True)
class Retried:
    """One attempt was followed by another, which counts against the limits of the run."""

    attempt: Attempt
    is_loop: bool


Change: TypeAlias = ContextPatch | Retried


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What the attempts came to. `output` is None exactly when `error` is set.

    `changes` are what they did to the run's context, in order: nothing has been done yet.
    """

    attempts: tuple[Attempt, ...]
    output: NodeOutput | None
    error: str | None
    changes: tuple[Change, ...]
    retrievals: tuple[RetrievalEvent, ...]

    def cut_short(self, last: Attempt, error: str) -> "Tried":
        """As it would have been, had the run's limits ended it after `last`."""
        return replace(self, attempts=self.attempts[: self.attempts.index(last) + 1], output=None, error=error)


def counted(context: Context, change: Retried) -> Context:
    control = context.control
    retries = replace(control, retry_count=control.retry_count + 1, loop_count=control.loop_count + change.is_loop)
    return context.controlled(retries, at=context.runtime.updated_at)


@dataclass(slots=True, kw_only=True)
class RunNode:
    """Try one node until it is done, its policy is used up, or the limits of the run are.

    Each attempt gets the same input; what an earlier attempt wrote to the context stays. Every retry counts against
    the run's own limits, which hold whatever a node's policy allows. NodeMisconfigured goes through: it is no attempt.
    Attempts are numbered on from those that `before` made, in earlier rounds.
    """

    node: Node
    policy: RetryPolicy
    limits: RunLimits
    clock: Clock
    time_left: Callable[[], float]
    """Seconds until the run has taken as long as it may."""
    report_crash: Callable[[Exception], None]
    before: tuple[Attempt, ...] = ()
    sizes: Sizes = field(default_factory=Sizes)
    """Of what the run remembers."""
    _attempts: list[Attempt] = field(default_factory=list)
    _changes: list[Change] = field(default_factory=list)
    _retrievals: list[RetrievalEvent] = field(default_factory=list)

    async def __call__(self, received: JsonObject, context: Context, seen: Callable[[Context], NodeContext]) -> Tried:
        while True:
            begun = self.clock.monotonic()
            try:
                output = await self._attempt(received, replace(seen(context), attempt=self._next_number))
                context = self._patched(context, output)
            except NodeMisconfigured:
                raise
            except Exception as failure:
                context = self._learned(context, failure)
                reason = self._described(failure)
                attempt = self._note(AttemptStatus.FAILED, begun, reason)
                if not self.policy.after_error(len(self._attempts)) or self.time_left() <= 0:
                    return self._failed(reason)
                retried = Retried(attempt, is_loop=False)
                delay_ms = self.policy.delay_ms
            else:
                wish = self._own_wish(output)
                if wish is None:
                    self._note(AttemptStatus.COMPLETED, begun)
                    return self._done(output)
                if len(self._attempts) + 1 >= self.policy.max_attempts:
                    return self._exhausted(output, wish, begun)
                attempt = self._note(AttemptStatus.RETRY, begun, redacted(wish.reason))
                retried = Retried(attempt, is_loop=self.policy.increment_loop_on_retry)
                delay_ms = self.policy.delay_ms if wish.delay_ms is None else wish.delay_ms
            self._changes.append(retried)
            context = counted(context, retried)
            if limit := context.control.exceeded():
                return self._failed(limit)
            if delay_ms:
                await self.clock.sleep(delay_ms / 1000)

    async def _attempt(self, received: JsonObject, context: NodeContext) -> NodeOutput:
        """Raise NodeFailed also for what takes too long or hands on too much."""
        left = self.time_left()
        if left <= 0:
            raise NodeFailed(self._late(left))
        limit = asyncio.timeout(min(self.limits.node_seconds, left))
        try:
            async with limit:
                output = await self.node.run(received, context)
        except TimeoutError as passed:
            if not limit.expired():
                raise
            raise NodeFailed(self._late(left)) from passed
        self._retrievals.extend(output.retrievals)
        if output.data.get(RETRY_KEY) == received.get(RETRY_KEY) and context.round > 1:
            output = output.without(RETRY_KEY)
        self._refuse_too_much(output)
        return output

    def _refuse_too_much(self, output: NodeOutput) -> None:
        if json_size(output.data, most=self.limits.step_bytes) > self.limits.step_bytes:
            raise NodeFailed(
                f"Its output is larger than {size_text(self.limits.step_bytes)} of JSON, the most that a step may"
            )
        if is_deeper_than(output.data, DEEPEST):
            raise NodeFailed(f"Its output is nested more than {DEEPEST} deep, the most that a step may")

    def _late(self, left: float) -> str:
        if left < self.limits.node_seconds:
            return self.limits.run_is_late
        return f"It did not end within {self.limits.node_seconds:g} s, the longest that a node may take"

    def _own_wish(self, output: NodeOutput) -> RetryDirective | None:
        is_own = output.retry is not None and output.retry.of is None
        return output.retry if is_own and self.policy.heeds_directives() else None

    def _learned(self, context: Context, failure: Exception) -> Context:
        """A failure too may have looked things up, which the run has to pay for."""
        if not isinstance(failure, NodeFailed):
            return context
        self._retrievals.extend(failure.retrievals)
        if failure.patch is None:
            return context
        self._changes.append(failure.patch)
        return context.patched(failure.patch, at=self.clock.now())

    def _described(self, failure: Exception) -> str:
        """A node's own words, or for a defect its name only: its text may hold anything."""
        if isinstance(failure, NodeFailed | FilledTooLarge):
            return shortened(redacted(str(failure)))
        self.report_crash(failure)
        return crash_text(failure)

    def _note(self, status: AttemptStatus, begun: float, reason: str | None = None) -> Attempt:
        spent = max(0, round((self.clock.monotonic() - begun) * 1000))
        short = None if reason is None else shortened(reason)
        self._attempts.append(Attempt(number=self._next_number, status=status, duration_ms=spent, reason=short))
        return self._attempts[-1]

    @property
    def _next_number(self) -> int:
        return len(self.before) + len(self._attempts) + 1

    def _patched(self, context: Context, output: NodeOutput) -> Context:
        """Raise NodeFailed when the run would remember too much."""
        if output.patch is None:
            return context
        patched = context.patched(output.patch, at=self.clock.now())
        most = self.limits.context_bytes
        if self.sizes.total(patched) > most:
            raise NodeFailed(f"The run would remember more than {size_text(most)} of JSON, the most that a run may")
        self._changes.append(output.patch)
        return patched

    def _exhausted(self, output: NodeOutput, wish: RetryDirective, begun: float) -> Tried:
        """The last attempt still asks for another one."""
        if not self.policy.fail_on_max_attempts:
            self._note(AttemptStatus.COMPLETED, begun)
            return self._done(output)
        used = f"{len(self._attempts) + 1}/{self.policy.max_attempts}"
        error = shortened(redacted(f"Retry attempts exhausted ({used}): {wish.reason}"))
        self._note(AttemptStatus.FAILED, begun, error)
        return self._failed(error)

    def _done(self, output: NodeOutput) -> Tried:
        return self._tried(output, None)

    def _failed(self, error: str) -> Tried:
        return self._tried(None, error)

    def _tried(self, output: NodeOutput | None, error: str | None) -> Tried:
        return Tried(
            attempts=(*self.before, *self._attempts),
            output=output,
            error=error,
            changes=tuple(self._changes),
            retrievals=tuple(self._retrievals),
        )
