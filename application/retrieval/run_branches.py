"""Several branches, one after another or at once."""

import asyncio
from collections.abc import Callable, Sequence

from application.retrieval.branch import Branch, Outcome
from application.retrieval.run_branch import RunBranch


async def run_branches(
    branches: Sequence[Branch], run: RunBranch, *, at_once: bool, until: Callable[[Outcome], bool]
) -> tuple[Outcome, ...]:
    """Outcomes in the order of `branches`, whichever ends first. One after another stops after what `until` says."""
    if at_once:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(run(each)) for each in branches]
        return tuple(task.result() for task in tasks)
    outcomes: list[Outcome] = []
    for branch in branches:
        outcomes.append(await run(branch))
        if until(outcomes[-1]):
            break
    return tuple(outcomes)
