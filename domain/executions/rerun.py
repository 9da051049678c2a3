"""Whether what a node rejected is made anew, and how often.

A node that judges (an evaluation) may ask that whatever made the judged value runs again. Its own retry policy bounds
that when it is on; then the last rejection fails it, as the policy says. Without one, the policy of the maker bounds
it, or the usual number of attempts, and the last rejection just stays on record. The run's own limits hold in any
case.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.executions.attempt import AttemptStatus
from domain.executions.context import Control
from domain.executions.retry import DEFAULT_ATTEMPTS, RetryDirective, RetryPolicy, read_retry_policy
from domain.executions.step import Step
from domain.ids import NodeId
from domain.workflows.graph import GraphNode


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """`maker` runs again, after `delay_ms`, with `control` as the run's counters from then on."""

    maker: NodeId
    delay_ms: int
    control: Control


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAgain:
    """It does not; `why` in words. `is_failure` when that fails the node that asked."""

    why: str
    is_failure: bool = False


RETRY_KEY = "_retry"
"""Where a node that runs again finds why, in its input. It is told to nobody else."""

_SOMEBODY_ELSES_WISH = "Run again because "


def run_again_because(judge: NodeId, wish: str) -> str:
    """What is on record of a node that has to run again although it did not ask for that itself."""
    return f'{_SOMEBODY_ELSES_WISH}"{judge}" asked for it: {wish}'


def times_asked(earlier: Sequence[Step]) -> int:
    """In how many of its earlier rounds a node itself asked that something is made anew."""
    last = [step.attempts[-1] for step in earlier if step.attempts]
    return sum(
        each.status is AttemptStatus.RETRY and not (each.reason or "").startswith(_SOMEBODY_ELSES_WISH) for each in last
    )


def judged_again(
    wish: RetryDirective, *, asked: int, own: RetryPolicy | None, maker: GraphNode | None, control: Control
) -> Again | NotAgain:
    """Decide on a wish, after so many earlier ones of the same node.

    `own` is the policy of the node that asks, None when it has none; `maker` the node that would run again, None when
    nothing in the run made the value.
    """
    if own is not None and not own.heeds_directives():
        return NotAgain(why=f"Not tried again, its retry policy is off: {wish.reason}")
    if maker is None:
        why = f'Not tried again, no node before made "{wish.of}": {wish.reason}'
        return NotAgain(why=why, is_failure=own is not None and own.fail_on_max_attempts)
    makers = read_retry_policy(maker.config)
    most = (own or _bounding(makers)).max_attempts
    if asked + 1 >= most:
        return NotAgain(
            why=f"Retry attempts exhausted ({asked + 1}/{most}): {wish.reason}",
            is_failure=own is not None and own.fail_on_max_attempts,
        )
    loops = own is None or own.increment_loop_on_retry
    counted = replace(control, retry_count=control.retry_count + 1, loop_count=control.loop_count + loops)
    if limit := counted.exceeded():
        return NotAgain(why=limit if own is not None else f"{limit}: {wish.reason}", is_failure=own is not None)
    delay_ms = (own or makers).delay_ms if wish.delay_ms is None else wish.delay_ms
    return Again(maker=maker.id, delay_ms=delay_ms, control=counted)


def _bounding(makers: RetryPolicy) -> RetryPolicy:
    return makers if makers.enabled else RetryPolicy(enabled=True, max_attempts=DEFAULT_ATTEMPTS)
