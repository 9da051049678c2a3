"""`rex workflow`: draw, list, show and run workflows."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from application.ports.read_models import Page, Paging, WorkflowRead
from domain.errors import Fault, Invalid
from domain.ids import WorkflowId
from domain.values.json import JsonObject
from domain.workflows.workflow import Workflow
from entrypoints.cli import schedules
from entrypoints.cli.execution import report
from entrypoints.cli.following import followed, labels_of
from entrypoints.cli.output import Format, FormatOption, out, print_json, print_table, warn
from entrypoints.cli.session import ActorOption, Session, perform, read_id
from entrypoints.wire.validation import read_json
from entrypoints.wire.workflows import NewWorkflow

app = typer.Typer(no_args_is_help=True, help="Workflows.")
for command in (schedules.schedules, schedules.pause, schedules.resume):
    app.command()(command)

FileArgument = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, help="A workflow as JSON, as the API takes it.")
]
IdArgument = Annotated[str, typer.Argument(metavar="WORKFLOW_ID")]
PageOption = Annotated[int, typer.Option(min=1)]
LimitOption = Annotated[int, typer.Option(min=1, max=100)]
PayloadOption = Annotated[str, typer.Option(help="A JSON object, or @FILE to read it from a file.")]


@app.command()
def create(file: FileArgument, actor: ActorOption, output: FormatOption = Format.TEXT) -> None:
    """Create a workflow from a file."""

    async def draw(session: Session) -> tuple[Workflow, list[Fault]]:
        body = read_json(file.read_bytes(), NewWorkflow)
        owner = await session.actor(actor)
        workflow: Workflow = await session.container.create_workflow()(
            owner_id=owner.id, name=body.name, description=body.description, graph=body.drawing()
        )
        return workflow, session.container.config_warnings()(workflow.graph)

    workflow, warnings = perform(draw)
    warn(warnings)
    if output is Format.JSON:
        print_json({"id": str(workflow.id), "name": workflow.name, "version": workflow.version})
    else:
        out.print(f"Created {workflow.name!r} ({workflow.id})", markup=False)


@app.command("list")
def list_(
    actor: ActorOption, page: PageOption = 1, limit: LimitOption = 20, output: FormatOption = Format.TEXT
) -> None:
    """List workflows, the latest change first."""

    async def read(session: Session) -> Page:
        owner = await session.actor(actor)
        mine: Page = await session.container.workflow_reads().mine(owner.id, Paging(page=page, limit=limit))
        return mine

    found = perform(read)
    if output is Format.JSON:
        print_json({"items": found.items, "total": found.total})
        return
    rows = [
        [each["id"], each["name"], each["status"], str(each["version"]), str(len(each["nodes"])), each["updatedAt"]]
        for each in msgspec.json.decode(found.items)
    ]
    print_table(f"Workflows: {found.total}", ["id", "name", "status", "version", "nodes", "updated"], rows)


@app.command()
def show(workflow_id: IdArgument, actor: ActorOption, output: FormatOption = Format.TEXT) -> None:
    """Show a workflow with its nodes and edges."""

    async def read(session: Session) -> msgspec.Raw:
        owner = await session.actor(actor)
        one: WorkflowRead = await session.container.workflow_reads().one(WorkflowId(read_id(workflow_id)), owner.id)
        return one.record

    found = perform(read)
    if output is Format.JSON:
        print_json(found)
        return
    workflow = msgspec.json.decode(found)
    labels = {node["id"]: node["label"] for node in workflow["nodes"]}
    title = f"{workflow['name']} (version {workflow['version']}, {workflow['status']})"
    print_table(
        title, ["node", "type", "id"], [[node["label"], node["type"], node["id"]] for node in workflow["nodes"]]
    )
    edges = [[labels[each["source"]], labels[each["target"]], _condition(each)] for each in workflow["edges"]]
    print_table("", ["from", "to", "when"], edges)


@app.command()
def run(
    workflow_id: IdArgument,
    actor: ActorOption,
    payload: PayloadOption = "{}",
    wait: Annotated[bool, typer.Option(help="Follow the run to its end.")] = True,
    output: FormatOption = Format.TEXT,
) -> None:
    """Start a run; exit with 9 when it was followed and did not complete."""

    async def start(session: Session) -> tuple[dict[str, Any], dict[str, str]]:
        given = _payload(payload)
        owner = await session.actor(actor)
        workflow = WorkflowId(read_id(workflow_id))
        accepted = await session.container.start_execution()(workflow_id=workflow, actor_id=owner.id, payload=given)
        execution_id = accepted.execution_id
        if not wait:
            return {"executionId": str(execution_id)}, {}
        record = await followed(session, execution_id, owner.id)
        return dict(record), await labels_of(session, record, owner.id)

    record, labels = perform(start)
    if wait:
        report(record, labels, output)
    elif output is Format.JSON:
        print_json(record)
    else:
        out.print(f"Accepted {record['executionId']}", markup=False)


def _payload(text: str) -> JsonObject:
    """Raise Invalid for anything but a JSON object."""
    try:
        raw = Path(text[1:]).read_bytes() if text.startswith("@") else text.encode()
    except (OSError, UnicodeEncodeError) as failure:
        raise Invalid(f"The payload cannot be read: {failure}") from failure
    read: JsonObject = read_json(raw, dict[str, Any])
    return read


def _condition(edge: dict[str, Any]) -> str:
    return str(edge["condition"]) if "condition" in edge else "always"
