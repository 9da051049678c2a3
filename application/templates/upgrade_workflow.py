"""Bring a workflow to the newest version of its template."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from application.ports.clock import Clock
from application.ports.unit_of_work import BeginWork
from application.schedules.derive_schedules import DeriveSchedules
from domain.errors import Fault, Invalid
from domain.ids import UserId, WorkflowId
from domain.templates.errors import NotFromTemplate, NothingNewer, UnresolvedConflicts
from domain.templates.merge import Merged, Side
from domain.templates.templates import Templates
from domain.templates.upgrade import upgrade
from domain.workflows.workflow import Workflow


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradeWorkflow:
    """`choices` say for each conflict, by its id, whose side counts, `otherwise` for all others.

    The second answer is what the choices left unconnected.

    Raise NothingNewer, UnresolvedConflicts, Invalid for choices where there is no conflict, BrokenGraph for a result
    that is not whole, WorkflowIsNewer as ChangeWorkflow does, or what ShowUpgrade raises.
    """

    begin: BeginWork
    clock: Clock
    templates: Templates
    known_types: Collection[str]
    derive_schedules: DeriveSchedules

    async def __call__(
        self,
        *,
        workflow_id: WorkflowId,
        actor_id: UserId,
        choices: Mapping[str, Side],
        otherwise: Side | None = None,
        expected: Collection[int] | None = None,
    ) -> tuple[Workflow, Sequence[Fault]]:
        async with self.begin() as work:
            stored = await work.workflows.get_to_change(workflow_id, actor_id)
            stored.expect(expected)
            redrawn, loose_ends = self._upgraded(stored, choices, otherwise)
            upgraded = redrawn.saved(at=self.clock.now())
            await self.derive_schedules(work, upgraded, was=stored, at=upgraded.updated_at)
            await work.workflows.save(upgraded, was_revision=stored.revision)
            await work.commit()
        return upgraded, loose_ends

    def _upgraded(
        self, workflow: Workflow, choices: Mapping[str, Side], otherwise: Side | None
    ) -> tuple[Workflow, Sequence[Fault]]:
        found = upgrade(workflow, self.templates, choices)
        if otherwise is not None:
            all_chosen = {**{each.id: otherwise for each in found.merged.conflicts}, **choices}
            found = upgrade(workflow, self.templates, all_chosen)
        if workflow.origin is None:
            raise NotFromTemplate
        if not found.is_available:
            raise NothingNewer
        _refuse_open(found.merged, choices)
        redrawn = workflow.redrawn(found.merged.graph, known_types=self.known_types)
        followed = replace(redrawn, origin=replace(workflow.origin, version=found.newest.version))
        return followed, found.merged.loose_ends


def _refuse_open(merged: Merged, choices: Mapping[str, Side]) -> None:
    known = {each.id for each in merged.conflicts}
    if strange := [each for each in choices if each not in known]:
        raise Invalid(faults=[Fault(("choices", each), "not_found", "There is no such conflict") for each in strange])
    if merged.unresolved:
        raise UnresolvedConflicts([each.id for each in merged.unresolved])
