"""When corpora changed last: their latest document counts, too."""

from typing import Final

SELDOM: Final = "interval '1 second'"
"""So often at most is a corpus marked, so that those who write into it at once do not wait for each other."""


def marked(documents: str) -> str:
    """Part of a statement: marks the corpora of what `documents` names, but for those that somebody else holds."""
    return f"""
marked AS (
    UPDATE knowledge_corpora AS corpus SET updated_at = now()
    FROM (
        SELECT id FROM knowledge_corpora
        WHERE id IN (SELECT corpus_id FROM {documents}) AND updated_at < now() - {SELDOM}
        FOR NO KEY UPDATE SKIP LOCKED
    ) AS stale
    WHERE corpus.id = stale.id
)"""
