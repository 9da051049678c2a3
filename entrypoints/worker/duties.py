"""Everything that happens by itself as time passes, and how often."""

from collections.abc import Sequence
from datetime import timedelta

from entrypoints.container import RexContainer
from entrypoints.worker.clockwork import Duty


def upkeep(container: RexContainer) -> Sequence[Duty]:
    """Look after what was accepted and what is kept."""
    settings = container.settings()
    return (
        Duty(name="ring again", every=settings.sweep_interval, act=container.ring_again()),
        Duty(name="give up", every=settings.lease / 3, act=container.give_up()),
        Duty(name="tidy the index", every=timedelta(seconds=10), act=container.index_upkeep().tidy),
        Duty(name="grow graphs", every=timedelta(seconds=10), act=container.graph_upkeep().grow),
        Duty(name="give up documents", every=settings.lease / 3, act=container.give_up_documents()),
        Duty(name="forget requests", every=timedelta(minutes=1), act=container.forget_requests()),
        Duty(name="forget old runs", every=timedelta(minutes=1), act=container.forget_old_runs()),
    )


def firing(container: RexContainer) -> Sequence[Duty]:
    """Start what is due."""
    return (
        Duty(name="fire due schedules", every=timedelta(seconds=1), act=container.fire_due_schedules()),
        Duty(name="derive missing schedules", every=timedelta(seconds=10), act=container.derive_missing_schedules()),
    )
