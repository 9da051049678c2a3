"""`rex corpus`: collections of documents, and what is put into them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from application.knowledge.create_corpus import NewCorpus
from application.knowledge.reembed_corpus import Reembedded
from application.ports.knowledge_reads import CorpusFilter
from application.ports.read_models import Page, Paging
from domain.ids import CorpusId, ExecutionId, WorkflowId
from domain.knowledge.chunking import USUAL_OVERLAP, USUAL_SIZE, Chunking, ChunkingStrategy
from domain.knowledge.scope import ScopeType
from entrypoints.cli.exit_codes import ExitCode
from entrypoints.cli.ingesting import Fate, ingested
from entrypoints.cli.output import Format, FormatOption, out, print_json, print_table, say
from entrypoints.cli.session import ActorOption, Session, perform, read_id

app = typer.Typer(no_args_is_help=True, help="Knowledge: corpora and their documents.")

IdArgument = Annotated[str, typer.Argument(metavar="CORPUS_ID")]
FilesArgument = Annotated[
    list[Path], typer.Argument(exists=True, dir_okay=False, help="csv, json and pdf by their names; others are texts.")
]


@app.command("list")
def list_(
    actor: ActorOption,
    page: Annotated[int, typer.Option(min=1)] = 1,
    limit: Annotated[int, typer.Option(min=1, max=100)] = 20,
    output: FormatOption = Format.TEXT,
) -> None:
    """List corpora, the latest change first."""

    async def read(session: Session) -> Page:
        owner = await session.actor(actor)
        reads = session.container.knowledge_reads()
        found: Page = await reads.corpora(owner.id, CorpusFilter(), Paging(page=page, limit=limit))
        return found

    found = perform(read)
    if output is Format.JSON:
        print_json({"items": found.items, "total": found.total})
        return
    rows = [
        [each["id"], each["name"], each["scopeType"], each["status"], each["embeddingModel"] or "", each["updatedAt"]]
        for each in msgspec.json.decode(found.items)
    ]
    print_table(f"Corpora: {found.total}", ["id", "name", "scope", "status", "embeddings", "updated"], rows)


@app.command()
def show(corpus_id: IdArgument, actor: ActorOption, output: FormatOption = Format.TEXT) -> None:
    """Show a corpus and its latest documents."""

    async def read(session: Session) -> tuple[msgspec.Raw, Page]:
        owner = await session.actor(actor)
        wanted, reads = CorpusId(read_id(corpus_id)), session.container.knowledge_reads()
        return await reads.corpus(wanted, owner.id), await reads.documents(wanted, owner.id, Paging(limit=20))

    record, documents = perform(read)
    if output is Format.JSON:
        print_json({"corpus": record, "documents": documents.items})
        return
    corpus = msgspec.json.decode(record)
    counts = ", ".join(f"{count} {status}" for status, count in corpus["documentCounts"].items() if count)
    rows = [
        [each["id"], each["title"], each["status"], str(each["chunkCount"]), each["error"] or ""]
        for each in msgspec.json.decode(documents.items)
    ]
    title = f"{corpus['name']} ({corpus['scopeType']}, {corpus['status']}): {counts or 'no documents'}"
    print_table(title, ["id", "title", "status", "chunks", "error"], rows)


@app.command()
def create(
    name: str,
    actor: ActorOption,
    description: str = "",
    workflow: Annotated[str | None, typer.Option(metavar="WORKFLOW_ID", help="Only for this workflow.")] = None,
    execution: Annotated[str | None, typer.Option(metavar="EXECUTION_ID", help="Only for this run.")] = None,
    chunks: Annotated[ChunkingStrategy, typer.Option(help="How texts are cut.")] = ChunkingStrategy.WINDOWS,
    size: Annotated[int, typer.Option(help="The most characters in a chunk.")] = USUAL_SIZE,
    overlap: Annotated[int, typer.Option(help="How many of them repeat the end of the one before.")] = USUAL_OVERLAP,
    output: FormatOption = Format.TEXT,
) -> None:
    """Begin a corpus."""

    async def begin(session: Session) -> CorpusId:
        owner = await session.actor(actor)
        wanted = NewCorpus(
            name=name,
            description=description,
            scope=_scope(workflow, execution),
            workflow_id=None if workflow is None else WorkflowId(read_id(workflow)),
            execution_id=None if execution is None else ExecutionId(read_id(execution)),
            chunking=Chunking(strategy=chunks, size=size, overlap=overlap),
            metadata={},
        )
        made: CorpusId = await session.container.create_corpus()(owner_id=owner.id, wanted=wanted)
        return made

    corpus_id = perform(begin)
    if output is Format.JSON:
        print_json({"id": str(corpus_id)})
    else:
        out.print(f"Created {name!r} ({corpus_id})", markup=False)


@app.command()
def ingest(
    corpus_id: IdArgument,
    files: FilesArgument,
    actor: ActorOption,
    allow_duplicates: Annotated[bool, typer.Option(help="Keep texts again that the corpus holds already.")] = False,
    output: FormatOption = Format.TEXT,
) -> None:
    """Put files into a corpus and wait until they are searchable; exit with 1 when one of them is not."""

    async def put(session: Session) -> Sequence[Fate]:
        owner = await session.actor(actor)
        wanted = CorpusId(read_id(corpus_id))
        return await ingested(session, owner.id, wanted, files, allows_duplicate=allow_duplicates, told=say)

    fates = perform(put)
    if output is Format.JSON:
        print_json([each.described() for each in fates])
    else:
        rows = [[each.document_id, each.file, each.status, str(each.chunk_count), each.said] for each in fates]
        print_table(f"Files: {len(fates)}", ["id", "file", "status", "chunks", ""], rows)
    if any(each.status != "ready" for each in fates):
        raise typer.Exit(ExitCode.UNEXPECTED)


@app.command()
def delete(corpus_id: IdArgument, actor: ActorOption) -> None:
    """Remove a corpus with all its documents."""

    async def remove(session: Session) -> None:
        owner = await session.actor(actor)
        await session.container.delete_corpus()(corpus_id=CorpusId(read_id(corpus_id)), actor_id=owner.id)

    perform(remove)
    say("Deleted")


@app.command()
def reembed(corpus_id: IdArgument, actor: ActorOption, output: FormatOption = Format.TEXT) -> None:
    """Give a corpus the vectors of the embedder that is set now, while it is searched.

    Can be interrupted and repeated at any time; searches change over at the end, all at once.
    """

    async def embed(session: Session) -> Reembedded:
        owner = await session.actor(actor)
        done: Reembedded = await session.container.reembed_corpus()(
            corpus_id=CorpusId(read_id(corpus_id)),
            actor_id=owner.id,
            told=lambda made, of: say(f"{made} of {of} chunks"),
        )
        return done

    done = perform(embed)
    described: dict[str, Any] = {"embeddingModel": done.space.name, "dimensions": done.space.dimensions}
    if output is Format.JSON:
        print_json({**described, "made": done.made})
    else:
        out.print(f"The corpus is searched by {done.space.name}; {done.made} vectors were made", markup=False)


def _scope(workflow: str | None, execution: str | None) -> ScopeType:
    if execution is not None:
        return ScopeType.EXECUTION
    return ScopeType.USER if workflow is None else ScopeType.WORKFLOW
