"""Whether what a node rejected is made anew, and how often.

A node that judges (an evaluation) may ask that whatever made the judged value runs again. Its own retry policy bounds
that when it is on; then the last rejection fails it, as the policy says. Without one, the policy of the maker bounds
it, or the usual number of attempts, and the last rejection just stays on record. The run's own limits hold in any
case.
"""

from dataclasses import dataclass, replace

from domain.executions.context import Control
from domain.executions.retry import DEFAULT_ATTEMPTS, RetryDirective, RetryPolicy, read_retry_policy
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


def judged_again(
    wish: RetryDirective, *, round: int, own: RetryPolicy | None, maker: GraphNode | None, control: Control
) -> Again | NotAgain:
    """Decide on a wish at the end of a round, counted from 1.

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
    if round >= most:
        return NotAgain(
            why=f"Retry attempts exhausted ({round}/{most}): {wish.reason}",
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
