"""Which corpora a search looks into."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from adapters.postgres.database import Rows
from domain.ids import UserId
from domain.knowledge.embedding_space import EmbeddingSpace
from domain.knowledge.scope import Scope, ScopeType

_MEANT: Final = """
WHERE corpus.user_id = $1
  AND ($2::uuid IS NULL OR corpus.id = $2)
  AND ($3::text IS NULL OR corpus.scope_type = $3)
  AND ($4::uuid IS NULL OR corpus.workflow_id = $4)
  AND ($5::uuid IS NULL OR corpus.execution_id = $5)
"""
CORPORA: Final = f"""
SELECT corpus.id, corpus.space_id,
       (SELECT coalesce(sum(chunk_count), 0) FROM knowledge_segments WHERE corpus_id = corpus.id)::int AS settled,
       array(SELECT unnest(languages) FROM knowledge_segments WHERE corpus_id = corpus.id
             UNION SELECT language FROM knowledge_fresh_terms WHERE corpus_id = corpus.id) AS languages
FROM knowledge_corpora AS corpus {_MEANT}
"""
SPACES: Final = f"""
SELECT id, name, dimensions FROM knowledge_spaces
WHERE id IN (SELECT space_id FROM knowledge_corpora AS corpus {_MEANT})
ORDER BY id
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

    @property
    def settled(self) -> int:
        """How many chunks there are, but for those that came last."""
        return sum(corpus.settled for corpus in self.corpora)

    @property
    def spaces(self) -> Sequence[int]:
        """Of those that have vectors, each once."""
        return sorted({corpus.space_id for corpus in self.corpora if corpus.space_id is not None})

    def in_space(self, space: int | None) -> Sequence[ScopedCorpus]:
        return [corpus for corpus in self.corpora if space is not None and corpus.space_id == space]


async def corpora_in(database: Rows, owner_id: UserId, scope: Scope) -> SearchScope:
    rows = await database.rows(CORPORA, owner_id, *_said(scope))
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


async def spaces_in(database: Rows, owner_id: UserId, scope: Scope) -> Mapping[int, EmbeddingSpace]:
    """Where the vectors of the corpora lie that are meant, by the spaces' numbers."""
    rows = await database.rows(SPACES, owner_id, *_said(scope))
    return {row["id"]: EmbeddingSpace(row["name"], row["dimensions"]) for row in rows}


def _said(scope: Scope) -> tuple[object, ...]:
    by_workflow = scope.workflow_id if scope.type is not ScopeType.EXECUTION else None
    by_execution = scope.execution_id if scope.type is not ScopeType.WORKFLOW else None
    return scope.corpus_id, scope.type, by_workflow, by_execution
