"""What was written wrongly before a revision is put right by it."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from adapters.postgres.database import connect
from adapters.postgres.migrator import migrate
from tests.postgres import new_database

DOCUMENT = """
WITH owner AS (
    INSERT INTO users (id, email, email_key, name, password_hash) VALUES ($1, 'a@b', 'a@b', 'Ada', '-') RETURNING id
), corpus AS (
    INSERT INTO knowledge_corpora (id, user_id, name, metadata) SELECT $1, id, 'Corpus', '{}' FROM owner
    RETURNING id, user_id
)
INSERT INTO knowledge_documents (id, corpus_id, user_id, title, content_text, content_hash, metadata, attributes)
SELECT gen_random_uuid(), id, user_id, '-', '-', sha256('-'), '{"page": 3}', $2 FROM corpus
"""
NEXT = """
UPDATE knowledge_documents
SET next_source_type = 'api', next_title = 'New', next_text = 'new', next_metadata = '{"page": 4}'
"""
DOCUMENTS = "SELECT title, content_text, metadata::text, attributes::text FROM knowledge_documents"


@pytest.fixture
async def url(server: str) -> AsyncIterator[str]:
    async with new_database(server) as url:
        yield url


async def test_metadata_that_became_a_text_is_an_object_again(url: str) -> None:
    await migrate(url, "0017")
    connection = await connect(url)
    await connection.execute(DOCUMENT, uuid4(), '"{\\"page\\": 3}"')
    await migrate(url, "0018")
    assert tuple((await connection.fetch(DOCUMENTS))[0]) == ("-", "-", '{"page": 3}', '{"page": 3}')
    await connection.close()


async def test_what_waits_is_not_lost_on_the_way_back(url: str) -> None:
    await migrate(url, "0018")
    connection = await connect(url)
    await connection.execute(DOCUMENT, uuid4(), '{"page": 3}')
    await connection.execute(NEXT)
    await migrate(url, "0017")
    assert tuple((await connection.fetch(DOCUMENTS))[0]) == ("New", "new", '{"page": 4}', '{"page": 4}')
    await connection.close()
