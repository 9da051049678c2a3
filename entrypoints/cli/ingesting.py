"""Files on their way into a corpus."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from application.knowledge.accept_document import Accepted, NewDocument
from application.ports.ingestion_journal import Outcome
from domain.errors import DomainError, Invalid
from domain.files.file_format import FileFormat
from domain.ids import CorpusId, DocumentId, UserId
from domain.knowledge.document import MAX_TITLE_LENGTH
from domain.values.coercion import text_of
from domain.values.json import Json, JsonObject
from entrypoints.cli.session import Session

POLL_SECONDS: Final = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of a file; `said` is the reason where it failed."""

    file: str
    document_id: str = ""
    status: str = "failed"
    chunk_count: int = 0
    said: str = ""

    def described(self) -> JsonObject:
        return {
            "file": self.file,
            "documentId": self.document_id or None,
            "status": self.status,
            "chunkCount": self.chunk_count,
            "note": self.said or None,
        }


async def ingested(
    session: Session,
    owner_id: UserId,
    corpus_id: CorpusId,
    files: Sequence[Path],
    *,
    allows_duplicate: bool,
    told: Callable[[str], None],
) -> Sequence[Fate]:
    """Accept every file that can be read, and wait for all of them. Raise CorpusNotFound.

    Where no REX is running, this process works the documents off itself: nobody else would.
    """
    await session.container.knowledge_reads().corpus(corpus_id, owner_id)
    async with session.helping_out():
        taken = [await _taken(session, owner_id, corpus_id, file, allows_duplicate) for file in files]
        accepted = [each.document_id for each in taken if isinstance(each, Accepted)]
        outcomes = await _finished(session, accepted, told)
    return [_fate(file, each, outcomes) for file, each in zip(files, taken, strict=True)]


async def _taken(
    session: Session, owner_id: UserId, corpus_id: CorpusId, file: Path, allows_duplicate: bool
) -> Accepted | Fate:
    try:
        text = await _text(session, file)
        if not text.strip():
            raise Invalid("The file holds no text")
        wanted = NewDocument(title=file.name[:MAX_TITLE_LENGTH], text=text, metadata={"fileName": file.name})
        accepted: Accepted = await session.container.accept_document()(
            corpus_id=corpus_id, owner_id=owner_id, wanted=wanted, allows_duplicate=allows_duplicate
        )
    except (DomainError, OSError) as refusal:
        return Fate(file=str(file), said=str(refusal))
    return accepted


async def _text(session: Session, file: Path) -> str:
    kinds = {".csv": FileFormat.CSV, ".json": FileFormat.JSON, ".pdf": FileFormat.PDF}
    kind = kinds.get(file.suffix.lower(), FileFormat.TXT)
    content = await session.container.file_reader().read(await asyncio.to_thread(file.read_bytes), kind)
    return _as_text(content.value)


def _as_text(value: Json) -> str:
    """Rows are paragraphs, so that they are not cut apart where that can be helped."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(each, dict) for each in value):
        return "\n\n".join(_row(each) for each in value if isinstance(each, dict))
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def _row(row: JsonObject) -> str:
    return "\n".join(f"{name}: {text_of(value)}" for name, value in row.items())


async def _finished(
    session: Session, documents: Sequence[DocumentId], told: Callable[[str], None]
) -> Mapping[DocumentId, Outcome]:
    before = -1
    while True:
        outcomes: Mapping[DocumentId, Outcome] = await session.container.ingestion_journal().outcomes(documents)
        done = sum(each.status.is_final for each in outcomes.values())
        if done != before:
            told(f"{done} of {len(outcomes)} documents")
        if done == len(outcomes):
            return outcomes
        before = done
        await asyncio.sleep(POLL_SECONDS)


def _fate(file: Path, taken: Accepted | Fate, outcomes: Mapping[DocumentId, Outcome]) -> Fate:
    if isinstance(taken, Fate):
        return taken
    outcome = outcomes.get(taken.document_id)
    if outcome is None:
        return Fate(file=str(file), said="It was deleted meanwhile")
    return Fate(
        file=str(file),
        document_id=str(taken.document_id),
        status=outcome.status.value,
        chunk_count=outcome.chunk_count,
        said=outcome.error or ("was there already" if taken.is_known else ""),
    )
