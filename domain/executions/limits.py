"""What one run may take, so that no run takes the platform down."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLimits:
    """Times in seconds: a run's from its start, waiting and takeovers included; a node's for each attempt.

    Sizes in bytes of JSON: what a step receives and hands on, what a run remembers, what one snapshot shows of that,
    and what all of them do: in a run of very many nodes each one shows less.
    `concurrent_nodes` of one wave are worked on at once; 1 is strict sequence.
    """

    run_seconds: float = 3600.0
    node_seconds: float = 900.0
    step_bytes: int = 16 << 20
    context_bytes: int = 32 << 20
    snapshot_bytes: int = 256 << 10
    all_snapshots_bytes: int = 64 << 20
    concurrent_nodes: int = 8

    def bytes_of_a_snapshot(self, nodes: int) -> int:
        """In a run of so many nodes, each of which leaves one."""
        return min(self.snapshot_bytes, self.all_snapshots_bytes // (nodes + 2))

    @property
    def run_is_late(self) -> str:
        """What is said of a run that has used up its time."""
        return f"The run has taken {self.run_seconds:g} s, the longest that a run may take"
