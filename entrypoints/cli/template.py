"""`rex template`: look at templates, and answer a question with one."""

from pathlib import Path
from typing import Annotated, Any

import typer

from application.templates.template_choice import TemplateChoice
from domain.accounts.user import User
from domain.templates.outline import outline
from domain.templates.parameters import USUAL_QUERY_PATH, TemplateParameters
from domain.templates.payload import payload_schema
from domain.templates.published import PUBLISHED
from domain.templates.read_parameters import NAMES
from domain.templates.template import Template
from domain.workflows.workflow import Workflow
from entrypoints.cli.answering import print_answer
from entrypoints.cli.documents import documents_in
from entrypoints.cli.execution import report
from entrypoints.cli.following import Record, followed, labels_of
from entrypoints.cli.output import Format, FormatOption, out, print_json, print_table, say
from entrypoints.cli.session import ActorOption, Session, guarded, perform
from entrypoints.cli.template_words import payload_of, read_choice, with_own_scope

app = typer.Typer(no_args_is_help=True, help="Templates.")

IdArgument = Annotated[str, typer.Argument(metavar="TEMPLATE_ID")]
ParamOption = Annotated[
    list[str] | None, typer.Option("--param", help=f"name=value, once for each of {', '.join(NAMES)}.")
]
NameOption = Annotated[str, typer.Option(help="How the workflow is to be called.")]


@app.command("list")
def list_(output: FormatOption = Format.TEXT) -> None:
    """List all templates in their newest version."""
    newest = PUBLISHED.newest()
    if output is Format.JSON:
        print_json([_told(each) for each in newest])
        return
    rows = [[each.id, str(each.version), each.category, each.description] for each in newest]
    print_table(f"Templates: {len(newest)}", ["template", "version", "category", "what it does"], rows)


@app.command()
def show(template_id: IdArgument, output: FormatOption = Format.TEXT) -> None:
    """Show what a template draws, and what its runs want to be given."""
    template = guarded(lambda: PUBLISHED.get(template_id))
    if output is Format.JSON:
        print_json({**_told(template), "payloadSchema": payload_schema(USUAL_QUERY_PATH)})
        return
    recipe = template.draw(TemplateParameters())
    labels = {node.key: node.label for node in recipe.nodes}
    title = f"{template.name} (version {template.version}): {template.description}"
    print_table(title, ["node", "type"], [[node.label, node.type] for node in recipe.nodes])
    rows = [[labels[each.source], labels[each.target], str(each.condition or "always")] for each in recipe.edges]
    print_table("", ["from", "to", "when"], rows)


@app.command()
def create(
    template_id: IdArgument,
    actor: ActorOption,
    name: NameOption = "",
    param: ParamOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Make a workflow from a template."""
    choice = guarded(lambda: read_choice(template_id, name, param or []))

    async def make(session: Session) -> Workflow:
        return await _made(session, template_id, await session.actor(actor), choice)

    workflow = perform(make)
    if output is Format.JSON:
        print_json({"id": str(workflow.id), "name": workflow.name, "version": workflow.version})
    else:
        out.print(f"Created {workflow.name!r} ({workflow.id})", markup=False)


@app.command()
def run(
    template_id: IdArgument,
    actor: ActorOption,
    ask: Annotated[str, typer.Option(help="The question.")],
    docs: Annotated[
        list[Path] | None, typer.Option(exists=True, help="A text file, or a directory of them; may be repeated.")
    ] = None,
    name: NameOption = "",
    param: ParamOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Make a workflow from a template, let it read documents, ask it, and print the answer with its sources.

    Without a scope among the parameters the documents belong to the new workflow alone. Where there is no REX yet, one
    is made.
    """
    choice = guarded(lambda: read_choice(template_id, name, with_own_scope(param or [])))
    payload = guarded(lambda: payload_of(choice.params, ask, documents_in(docs or [])))

    async def answer(session: Session) -> tuple[Record, dict[str, str]]:
        workflow = await _made(session, template_id, await session.actor_or_newcomer(actor), choice)
        say(f"Created {workflow.name!r} ({workflow.id})")
        accepted = await session.container.start_execution()(
            workflow_id=workflow.id, actor_id=workflow.owner_id, payload=payload
        )
        record = await followed(session, accepted.execution_id, workflow.owner_id)
        return record, await labels_of(session, record, workflow.owner_id)

    record, labels = perform(answer, makes_rex=True)
    if output is Format.JSON or record["status"] != "completed":
        report(record, labels, output)
    else:
        print_answer(record)


async def _made(session: Session, template_id: str, owner: User, choice: TemplateChoice) -> Workflow:
    workflow: Workflow = await session.container.instantiate_template()(
        template_id=template_id, actor_id=owner.id, choice=choice
    )
    return workflow


def _told(template: Template) -> dict[str, Any]:
    seen = outline(template)
    return {
        "id": template.id,
        "version": template.version,
        "name": template.name,
        "description": template.description,
        "category": template.category,
        "tags": list(template.tags),
        "graph": {"nodes": seen.nodes, "edges": seen.edges},
    }
