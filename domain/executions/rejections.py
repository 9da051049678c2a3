"""Who rejected what, and which rounds came of it."""

from collections.abc import Mapping, Sequence

from domain.executions.edge_reasons import label_of
from domain.executions.explanation import Rejection
from domain.executions.history import Rewind, Visit, rewinds_of
from domain.executions.plan import Plan
from domain.executions.showing import shown_text
from domain.ids import NodeId
from domain.workflows.graph import GraphNode


class Rejections:
    """Visits are named by their place among `visits`, counted from 0."""

    def __init__(self, visits: Sequence[Visit], planned: Plan, nodes: Mapping[NodeId, GraphNode]) -> None:
        self._nodes = nodes
        self._rewinds = rewinds_of(visits, planned)
        self._affected = {each.at: planned.downstream([each.maker]) for each in self._rewinds}

    def of(self, at: int, visit: Visit) -> Rejection | None:
        """Why what a visit made was discarded, None where it stands."""
        if not visit.is_superseded:
            return None
        ahead = (each for each in self._rewinds if each.at >= at and visit.node_id in self._affected[each.at])
        after = next(ahead, None)
        return None if after is None else self._rejection(after, visit.round)

    def behind(self, at: int, visit: Visit) -> Rejection | None:
        """Why there is this round, None for the first."""
        before = self.before(at, visit)
        return None if before is None else self._rejection(before, visit.round - 1)

    def before(self, at: int, visit: Visit) -> Rewind | None:
        if visit.round == 1:
            return None
        earlier = (each for each in reversed(self._rewinds) if each.at < at)
        return next((each for each in earlier if visit.node_id in self._affected[each.at]), None)

    def _rejection(self, rewind: Rewind, from_round: int) -> Rejection:
        last = rewind.judge.step.attempts[-1:]
        reason = last[0].reason if last else None
        return Rejection(
            judge=rewind.judge.node_id,
            judge_label=label_of(self._nodes[rewind.judge.node_id]),
            maker=rewind.maker,
            maker_label=label_of(self._nodes[rewind.maker]),
            reason=None if reason is None else shown_text(reason),
            from_round=from_round,
            to_round=from_round + 1,
        )
