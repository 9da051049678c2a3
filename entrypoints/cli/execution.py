"""`rex execution`: look at runs, follow and stop them."""

import sys
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
import typer
from rich.live import Live

from application.ports.read_models import Page, Paging
from domain.executions.execution import ExecutionStatus
from domain.executions.explanation import Explanation
from domain.ids import ExecutionId, WorkflowId
from entrypoints.cli.exit_codes import ExitCode
from entrypoints.cli.explanation import print_explanation
from entrypoints.cli.following import Record, followed, labels_of, recorded
from entrypoints.cli.output import Format, FormatOption, err, out, print_json, print_table
from entrypoints.cli.session import ActorOption, Session, perform, read_id
from entrypoints.cli.timeline import print_timeline, timeline
from entrypoints.wire.explanations import explanation_json

app = typer.Typer(no_args_is_help=True, help="Runs.")

IdArgument = Annotated[str, typer.Argument(metavar="EXECUTION_ID")]


@app.command("list")
def list_(
    actor: ActorOption,
    workflow: Annotated[str | None, typer.Option(metavar="WORKFLOW_ID", help="All runs of this workflow.")] = None,
    page: Annotated[int, typer.Option(min=1)] = 1,
    limit: Annotated[int, typer.Option(min=1, max=100)] = 20,
    output: FormatOption = Format.TEXT,
) -> None:
    """List the runs of a workflow, or without one those that are not over; newest first."""

    async def read(session: Session) -> Page:
        owner = await session.actor(actor)
        reads, paging = session.container.execution_reads(), Paging(page=page, limit=limit)
        found: Page
        if workflow is None:
            found = await reads.active(owner.id, paging)
        else:
            found = await reads.of_workflow(WorkflowId(read_id(workflow)), owner.id, paging)
        return found

    found = perform(read)
    if output is Format.JSON:
        print_json({"items": found.items, "total": found.total})
        return
    rows = [_row(each) for each in msgspec.json.decode(found.items)]
    print_table(f"Runs: {found.total}", ["id", "status", "created", "workflow or error"], rows)


def _row(run: Mapping[str, Any]) -> list[str]:
    if "executionId" in run:
        return [run["executionId"], run["executionStatus"], run["createdAt"], run["workflowName"]]
    return [run["id"], run["status"], run["createdAt"], run["errorMessage"] or ""]


@app.command()
def show(execution_id: IdArgument, actor: ActorOption, output: FormatOption = Format.TEXT) -> None:
    """Show everything that is on record about a run."""

    async def read(session: Session) -> tuple[Record, dict[str, str]]:
        owner = await session.actor(actor)
        record = await recorded(session, ExecutionId(read_id(execution_id)), owner.id)
        return record, await labels_of(session, record, owner.id)

    record, labels = perform(read)
    if output is Format.JSON:
        print_json(record)
    else:
        print_timeline(out, record, labels)


@app.command()
def explain(execution_id: IdArgument, actor: ActorOption, output: FormatOption = Format.TEXT) -> None:
    """Tell why each node ran, waited, was retried or skipped, what it cost, and what prompts were made of."""

    async def read(session: Session) -> Explanation:
        owner = await session.actor(actor)
        told: Explanation = await session.container.explain_execution()(
            execution_id=ExecutionId(read_id(execution_id)), actor_id=owner.id
        )
        return told

    told = perform(read)
    if output is Format.JSON:
        print_json(explanation_json(told))
    else:
        print_explanation(out, told)


@app.command()
def watch(execution_id: IdArgument, actor: ActorOption, output: FormatOption = Format.TEXT) -> None:
    """Follow a run to its end; exit with 9 when it did not complete."""

    async def follow(session: Session) -> tuple[Record, dict[str, str]]:
        owner = await session.actor(actor)
        wanted = ExecutionId(read_id(execution_id))
        labels = await labels_of(session, await recorded(session, wanted, owner.id), owner.id)
        with Live(console=err, transient=True, auto_refresh=False) as screen:
            record = await followed(
                session, wanted, owner.id, seen=lambda state: screen.update(timeline(state, labels), refresh=True)
            )
        return record, labels

    record, labels = perform(follow)
    report(record, labels, output)


@app.command()
def stop(execution_id: IdArgument, actor: ActorOption, output: FormatOption = Format.TEXT) -> None:
    """Stop a run. One that is over stays what it is."""

    async def act(session: Session) -> ExecutionStatus:
        owner = await session.actor(actor)
        status: ExecutionStatus = await session.container.stop_execution()(
            execution_id=ExecutionId(read_id(execution_id)), actor_id=owner.id
        )
        return status

    status = perform(act)
    if output is Format.JSON:
        print_json({"executionId": execution_id, "status": status.value})
    else:
        out.print(f"{execution_id} is {status.value}", markup=False)


def report(record: Record, labels: Mapping[str, str], output: Format) -> None:
    """Print a finished run and leave with the exit code that it deserves."""
    if output is Format.JSON:
        print_json(record)
    else:
        print_timeline(out, record, labels)
    if record["status"] != "completed":
        sys.exit(ExitCode.RUN_FAILED)
