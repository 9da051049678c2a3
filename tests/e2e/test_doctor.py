"""`rex doctor` finds what is really wrong with a running REX, says what mends it, and is right about that."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from adapters.embedded.server import running_address
from tests.live import LiveRex, free_port
from tests.postgres import new_database
from tests.redis_server import RedisServer

ADA = "ada@example.com"
SOUND, TROUBLE_FOUND = 0, 11


@pytest.fixture(scope="module")
def rex() -> Iterator[LiveRex]:
    with LiveRex.fresh() as rex:
        assert (
            rex.cli(
                "user", "create", ADA, "--name", "Ada", "--password-stdin", stdin="correct horse battery\n"
            ).returncode
            == 0
        )
        yield rex


def examined(rex: LiveRex, *, exit_code: int) -> dict[str, dict[str, Any]]:
    """Trouble by what it is about."""
    done = rex.cli("doctor", "-o", "json")
    assert done.returncode == exit_code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    found = json.loads(done.stdout)
    assert found["isSound"] == (exit_code == SOUND)
    trouble = {each["check"]: each for each in found["diagnoses"] if each["condition"] != "sound"}
    assert all(each["remedy"] for each in trouble.values() if each["condition"] == "trouble")
    return trouble


def changed(rex: LiveRex, *statements: str) -> None:
    """By hand, behind the back of REX."""
    address = running_address(rex.data_dir)
    assert address is not None

    async def change() -> None:
        connection = await asyncpg.connect(address.url)
        for statement in statements:
            await connection.execute(statement)
        await connection.close()

    asyncio.run(change())


def with_setting(rex: LiveRex, **environment: str) -> LiveRex:
    """The same REX, as a command with other settings sees it."""
    other = LiveRex(rex.data_dir, **environment)
    other.port = rex.port
    return other


def test_finds_nothing_wrong_with_a_rex_that_is_well(rex: LiveRex) -> None:
    assert examined(rex, exit_code=SOUND) == {}
    told = rex.cli("doctor")
    assert told.returncode == SOUND
    assert "ok   schema" in told.stdout


def test_makes_nothing_where_there_is_nothing(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "absent"):
        done = LiveRex(place).cli("doctor", "-o", "json")
        assert done.returncode == TROUBLE_FOUND
        (found,) = json.loads(done.stdout)["diagnoses"]
        assert f"There is no REX in {place}" in found["detail"]
        assert [*tmp_path.iterdir()] == []


def test_finds_settings_that_are_wrong(rex: LiveRex) -> None:
    slipped = with_setting(rex, BACKEND_PORT="many", JWT_EXPIRY="soon")
    done = slipped.cli("doctor", "-o", "json")
    details = [each["detail"] for each in json.loads(done.stdout)["diagnoses"]]
    assert done.returncode == TROUBLE_FOUND
    assert any("BACKEND_PORT" in each for each in details)
    assert any("JWT_EXPIRY" in each for each in details)


def test_finds_that_database_and_redis_are_not_there(rex: LiveRex) -> None:
    nowhere = with_setting(
        rex,
        DATABASE_URL=f"postgresql://rex:hunter2@127.0.0.1:{free_port()}/rex",
        REDIS_URL=f"redis://:hunter2@127.0.0.1:{free_port()}/0",
    )
    found = examined(nowhere, exit_code=TROUBLE_FOUND)
    assert {name for name, each in found.items() if each["condition"] == "trouble"} == {"database", "redis"}
    assert found["records"]["condition"] == "unknown"
    assert "hunter2" not in json.dumps(found)


def test_asks_a_redis_that_is_there(rex: LiveRex, redis_server: RedisServer) -> None:
    assert examined(with_setting(rex, REDIS_URL=redis_server.url), exit_code=SOUND) == {}


def test_finds_a_schema_that_is_behind(rex: LiveRex) -> None:
    changed(
        rex, "CREATE TABLE kept AS SELECT * FROM alembic_version", "UPDATE alembic_version SET version_num = '0001'"
    )
    try:
        assert "rex migrate" in examined(rex, exit_code=TROUBLE_FOUND)["schema"]["remedy"]
    finally:
        changed(rex, "DELETE FROM alembic_version", "INSERT INTO alembic_version SELECT * FROM kept", "DROP TABLE kept")


def test_finds_secrets_that_no_key_opens(rex: LiveRex) -> None:
    assert (
        rex.cli(
            "keys", "add", "gemini", "--as", ADA, "--key-stdin", stdin="AIza-1-a-key-that-is-long-enough\n"
        ).returncode
        == 0
    )
    exchanged = with_setting(rex, ENCRYPTION_MASTER_KEY="another key than the one that sealed it")
    found = examined(exchanged, exit_code=TROUBLE_FOUND)
    assert set(found) == {"secrets"}
    assert "1 of 1 cannot be opened: provider key " in found["secrets"]["detail"]


def test_finds_corpora_of_another_embedder(rex: LiveRex) -> None:
    made = rex.cli("corpus", "create", "Manuals", "--as", ADA, "-o", "json")
    corpus = json.loads(made.stdout)["id"]
    assert rex.cli("corpus", "ingest", corpus, "README.md", "--as", ADA).returncode == 0
    other = with_setting(rex, REX_EMBEDDER="hash")
    found = examined(other, exit_code=TROUBLE_FOUND)["embedding spaces"]
    assert corpus in found["detail"]
    assert "rex corpus reembed CORPUS_ID --as EMAIL" in found["remedy"]
    assert other.cli("corpus", "reembed", corpus, "--as", ADA).returncode == 0
    assert examined(other, exit_code=SOUND) == {}
    changed(rex, "DELETE FROM knowledge_corpora")


RUN = """
INSERT INTO executions (id, workflow_id, user_id, workflow_version, trigger_payload, nodes, edges, status, epoch,
                        claims, lease_owner, lease_expires_at, started_at, finished_at, created_at)
SELECT gen_random_uuid(), id, user_id, 1, '{{}}', '[]', '[]', {}, now() - interval '1 hour' FROM workflows LIMIT 1
"""
WAITING_FOR_NOBODY = RUN.format("'pending', 3, 3, NULL, NULL, NULL, NULL")
FROM_THE_FUTURE = RUN.format("'completed', 1, 1, NULL, NULL, now(), now() + interval '1 hour'")
WITHOUT_A_REASON = RUN.format("'failed', 1, 1, NULL, NULL, now(), now() - interval '1 minute'")


def test_finds_runs_that_should_not_be_as_they_are(rex: LiveRex) -> None:
    drawn = rex.cli("workflow", "create", "examples/route-orders.json", "--as", ADA)
    assert drawn.returncode == 0, drawn.stderr
    changed(rex, WAITING_FOR_NOBODY, FROM_THE_FUTURE, WITHOUT_A_REASON)
    found = examined(rex, exit_code=TROUBLE_FOUND)
    assert set(found) == {"unclaimed runs", "clocks of workers", "records"}
    assert "says why" in found["records"]["detail"]
    changed(rex, "DELETE FROM executions")
    assert examined(rex, exit_code=SOUND) == {}


A_CLOCK = """
INSERT INTO process_clocks (id, name, ahead, uncertain)
VALUES (gen_random_uuid(), 'far:7 (schedules)', interval '-90 seconds', interval '3 milliseconds')
"""


def test_compares_the_clocks_of_the_processes_that_are_at_work(rex: LiveRex) -> None:
    told = json.loads(rex.cli("doctor", "-o", "json").stdout)["diagnoses"]
    (clocks,) = [each for each in told if each["check"] == "clocks of processes"]
    assert clocks["detail"].startswith("1 at work")
    changed(rex, A_CLOCK)
    found = examined(rex, exit_code=TROUBLE_FOUND)
    assert found["clocks of processes"]["detail"] == "far:7 (schedules) is 90.000 s behind the database"
    changed(rex, "DELETE FROM process_clocks WHERE name LIKE 'far%'")
    assert examined(rex, exit_code=SOUND) == {}


LEFT_BEHIND = RUN.format("'running', 1, 1, 'gone', now() - interval '1 hour', now() - interval '1 hour', NULL")
NEVER_CLAIMED = RUN.format("'pending', 0, 0, NULL, NULL, NULL, NULL")
OVERDUE = """
INSERT INTO schedules (id, workflow_id, node_id, interval_ms, on_missed, on_overlap, since, next_fire_at)
SELECT gen_random_uuid(), id, 'n', 60000, 'skip', 'allow', now() - interval '1 day', now() - interval '1 hour'
FROM workflows LIMIT 1
"""
DOCUMENT = """
WITH corpus AS (
    INSERT INTO knowledge_corpora (id, user_id, name, metadata) SELECT gen_random_uuid(), id, 'C', '{}' FROM users
    RETURNING id, user_id
)
INSERT INTO knowledge_documents (id, corpus_id, user_id, title, content_text, content_hash, metadata, due_at)
SELECT gen_random_uuid(), id, user_id, 'T', 'Rye', sha256('Rye'), '{}', now() - interval '1 hour' FROM corpus
"""


@pytest.fixture
async def abandoned(server: str, tmp_path: Path) -> AsyncIterator[tuple[LiveRex, str]]:
    """A database that no process of REX works on."""
    async with new_database(server) as url:
        rex = LiveRex(tmp_path, DATABASE_URL=url)
        for words in (("migrate",), ("user", "create", ADA, "--name", "Ada", "--password-stdin")):
            done = await asyncio.to_thread(rex.cli, *words, stdin="correct horse battery\n")
            assert done.returncode == 0, done.stderr
        await asyncio.to_thread(rex.cli, "workflow", "create", "examples/route-orders.json", "--as", ADA)
        yield rex, url


async def test_finds_what_waits_where_nobody_works(abandoned: tuple[LiveRex, str]) -> None:
    rex, url = abandoned
    assert await asyncio.to_thread(examined, rex, exit_code=SOUND) == {}
    connection = await asyncpg.connect(url)
    for statement in (LEFT_BEHIND, NEVER_CLAIMED, DOCUMENT, OVERDUE):
        await connection.execute(statement)
    await connection.close()
    found = await asyncio.to_thread(examined, rex, exit_code=TROUBLE_FOUND)
    assert set(found) == {"leases of runs", "unclaimed runs", "unclaimed documents", "schedules", "records"}
    assert "rex scheduler" in found["schedules"]["remedy"]
    for check in ("leases of runs", "unclaimed runs", "unclaimed documents"):
        assert "rex worker" in found[check]["remedy"]
        assert found[check]["detail"].startswith("1 ")
    assert "taken over" in found["records"]["detail"]
