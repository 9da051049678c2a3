"""Which corpora a search looks into."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from adapters.postgres.database import Database
from domain.ids import UserId
from domain.knowledge.scope import Scope, ScopeType

CORPORA: Final = """
SELECT corpus.id, corpus.space_id,
       (SELECT coalesce(sum(chunk_count), 0) FROM knowledge_segments WHERE corpus_id = corpus.id)::int AS settled,
       array(SELECT unnest(languages) FROM knowledge_segments WHERE corpus_id = corpus.id
             UNION SELECT language FROM knowledge_fresh_terms WHERE corpus_id = corpus.id) AS languages
FROM knowledge_corpora AS corpus
WHERE corpus.user_id = $1
  AND ($2::uuid IS NULL OR corpus.id = $2)
  AND ($3::text IS NULL OR corpus.scope_type = $3)
  AND ($4::uuid IS NULL OR corpus.workflow_id = $4)
  AND ($5::uuid IS NULL OR corpus.execution_id = $5)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopedCorpus:
    """`settled` is how many chunks it has, but for the latest; `languages` are those that its chunks are written in."""

    id: UUID
    space_id: int | None
    settled: int
    languages: Sequence[str]


@dataclass(frozen=True, slots=True)
class SearchScope:
    owner_id: UserId
    corpora: Sequence[ScopedCorpus]

    @property
    def ids(self) -> list[UUID]:
        return [corpus.id for corpus in self.corpora]

    @property
    def languages(self) -> Sequence[str]:
        """Those of most corpora first."""
        spoken = Counter(language for corpus in self.corpora for language in corpus.languages)
        return sorted(spoken, key=lambda language: (-spoken[language], language))

    def in_space(self, space: int | None) -> Sequence[ScopedCorpus]:
        return [corpus for corpus in self.corpora if space is not None and corpus.space_id == space]


async def corpora_in(database: Database, owner_id: UserId, scope: Scope) -> SearchScope:
    by_workflow = scope.workflow_id if scope.type is not ScopeType.EXECUTION else None
    by_execution = scope.execution_id if scope.type is not ScopeType.WORKFLOW else None
    rows = await database.rows(CORPORA, owner_id, scope.corpus_id, scope.type, by_workflow, by_execution)
    return SearchScope(
        owner_id,
        [
            ScopedCorpus(
                id=row["id"],
                space_id=row["space_id"],
                settled=row["settled"],
                languages=row["languages"],
            )
            for row in rows
        ],
    )
