"""`rex workflow schedules`, `pause` and `resume`: when a workflow runs by itself."""

from typing import Annotated

import typer

from application.schedules.show_schedules import ScheduleView, WorkflowSchedules
from domain.ids import ScheduleId, WorkflowId
from entrypoints.cli.output import Format, FormatOption, print_json, print_table, warn
from entrypoints.cli.session import ActorOption, Session, perform, read_id
from entrypoints.wire.schedules import ScheduleRecord

WorkflowArgument = Annotated[str, typer.Argument(metavar="WORKFLOW_ID")]
ScheduleArgument = Annotated[str, typer.Argument(metavar="SCHEDULE_ID")]


def schedules(workflow_id: WorkflowArgument, actor: ActorOption, output: FormatOption = Format.TEXT) -> None:
    """Show when a workflow runs by itself, what became of its last ticks, and why."""

    async def read(session: Session) -> WorkflowSchedules:
        owner = await session.actor(actor)
        found: WorkflowSchedules = await session.container.show_schedules()(
            workflow_id=WorkflowId(read_id(workflow_id)), actor_id=owner.id
        )
        return found

    shown = perform(read)
    warn(shown.warnings)
    records = [ScheduleRecord.of(each) for each in shown.schedules]
    if output is Format.JSON:
        print_json(records)
        return
    print_table("Schedules", ["id", "fires", "state", "next"], [_row(each) for each in records])
    for each in records:
        ticks = [[tick.fire_at, tick.outcome, tick.reason] for tick in each.ticks]
        print_table(f"Last ticks of {each.id}", ["fire time", "outcome", "why"], ticks)


def pause(
    workflow_id: WorkflowArgument,
    schedule_id: ScheduleArgument,
    actor: ActorOption,
    output: FormatOption = Format.TEXT,
) -> None:
    """Let a schedule start no runs until it is resumed."""

    async def act(session: Session) -> ScheduleView:
        owner = await session.actor(actor)
        paused: ScheduleView = await session.container.pause_schedule()(
            workflow_id=WorkflowId(read_id(workflow_id)),
            schedule_id=ScheduleId(read_id(schedule_id)),
            actor_id=owner.id,
        )
        return paused

    _show(perform(act), output)


def resume(
    workflow_id: WorkflowArgument,
    schedule_id: ScheduleArgument,
    actor: ActorOption,
    output: FormatOption = Format.TEXT,
) -> None:
    """Let a paused schedule start runs again, from its next fire time on."""

    async def act(session: Session) -> ScheduleView:
        owner = await session.actor(actor)
        resumed: ScheduleView = await session.container.resume_schedule()(
            workflow_id=WorkflowId(read_id(workflow_id)),
            schedule_id=ScheduleId(read_id(schedule_id)),
            actor_id=owner.id,
        )
        return resumed

    _show(perform(act), output)


def _show(view: ScheduleView, output: Format) -> None:
    record = ScheduleRecord.of(view)
    if output is Format.JSON:
        print_json(record)
    else:
        print_table("", ["id", "fires", "state", "next"], [_row(record)])


def _row(record: ScheduleRecord) -> list[str]:
    fires = f"{record.cron} ({record.timezone})" if record.cron else f"every {record.interval_ms} ms"
    return [str(record.id), fires, record.state, record.next_fire_at or "never"]
