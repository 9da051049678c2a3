"""A text that is kept in a corpus, on its way from accepted to searchable."""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from domain.ids import CorpusId, DocumentId, UserId
from domain.values.json import JsonObject

MAX_TITLE_LENGTH = 255
MAX_MIME_TYPE_LENGTH = 100
MAX_ERROR_LENGTH = 4096


class DocumentStatus(StrEnum):
    PENDING = "pending"
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"

    @property
    def is_final(self) -> bool:
        return self in (DocumentStatus.READY, DocumentStatus.FAILED)


class Stage(StrEnum):
    """What has begun with a document, or comes first for one that waits; where it failed, what it did not get through.

    EXTRACT looks whether there is anything in the text, INDEX makes its chunks searchable.
    """

    EXTRACT = "extract"
    CHUNK = "chunk"
    EMBED = "embed"
    INDEX = "index"
    READY = "ready"


class SourceType(StrEnum):
    UPLOAD = "upload"
    INLINE = "inline"
    API = "api"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """`pending -> processing -> ready | failed`; what failed, and what has a new text, is pending again.

    `epoch` grows with each claim and each new text, and every write about the document carries it: who works on what
    is over can write nothing. `claims` counts the claims that were not handed back.
    """

    id: DocumentId
    corpus_id: CorpusId
    owner_id: UserId
    title: str
    text: str = field(repr=False)
    source_type: SourceType = SourceType.UPLOAD
    mime_type: str | None = None
    metadata: JsonObject = field(default_factory=dict)
    status: DocumentStatus = DocumentStatus.PENDING
    stage: Stage = Stage.EXTRACT
    error: str | None = None
    epoch: int = 0
    claims: int = 0
    created_at: datetime
    updated_at: datetime

    @property
    def content_hash(self) -> bytes:
        return content_hash(self.text)

    def tried_again(self, *, at: datetime) -> "Document":
        """Pending once more when it had failed; anything else stays what it is."""
        if self.status is not DocumentStatus.FAILED:
            return self
        return self._from_the_start(at)

    def rewritten(
        self,
        *,
        title: str,
        text: str,
        source_type: SourceType = SourceType.UPLOAD,
        mime_type: str | None,
        metadata: JsonObject,
        at: datetime,
    ) -> "Document":
        """The same document with another text, to be worked on from the start."""
        again = self._from_the_start(at)
        return replace(again, title=title, text=text, source_type=source_type, mime_type=mime_type, metadata=metadata)

    def _from_the_start(self, at: datetime) -> "Document":
        return replace(
            self,
            status=DocumentStatus.PENDING,
            stage=Stage.EXTRACT,
            error=None,
            epoch=self.epoch + 1,
            claims=0,
            updated_at=at,
        )


def content_hash(text: str) -> bytes:
    """SHA-256 of the text in UTF-8; texts that differ in nothing but a half of a surrogate pair count as equal."""
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()
