"""The environment is read once; what is wrong is said all at once, with what to set."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest

from entrypoints.settings import EmbedderKind, Mode, SettingsRefused, generated_secret, read_settings

STRONG = "0123456789abcdef0123456789abcdef"
PRODUCTION = {
    "REX_ENV": "production",
    "DATABASE_URL": "postgresql://rex:secret@db/rex",
    "JWT_SECRET": STRONG,
    "ENCRYPTION_KEYS": f"2026a:{bytes(range(32)).hex()}",
    "REX_CORS_ORIGINS": "https://rex.example",
}


def refusal(environment: dict[str, str]) -> str:
    with pytest.raises(SettingsRefused) as refused:
        read_settings(environment)
    return str(refused.value)


def test_needs_nothing_in_development(tmp_path: Path) -> None:
    settings = read_settings({"REX_DATA_DIR": str(tmp_path / "data")})
    assert (settings.mode, settings.host, settings.port) == (Mode.DEVELOPMENT, "0.0.0.0", 4000)
    assert (settings.database_url, settings.jwt_expiry) == (None, timedelta(days=7))
    assert settings.worker_slots == 5
    assert settings.script_processes == 2


def test_makes_a_secret_once_and_for_its_owner_only(tmp_path: Path) -> None:
    environment = {"REX_DATA_DIR": str(tmp_path)}
    secret = read_settings(environment).jwt_secret
    assert len(secret) == 64
    assert read_settings(environment).jwt_secret == secret
    assert (tmp_path / "jwt-secret").stat().st_mode & 0o777 == 0o600


def test_processes_that_start_together_find_the_same_secret(tmp_path: Path) -> None:
    for number in range(30):
        kept = tmp_path / str(number)
        with ThreadPoolExecutor(8) as together:
            found = set(together.map(lambda _, path=kept: generated_secret(path), range(8)))
        assert found == {kept.read_text()}
        assert len(kept.read_text()) == 64


def test_makes_a_secret_anew_where_the_first_attempt_ended_half_way(tmp_path: Path) -> None:
    (tmp_path / "encryption-key").touch(mode=0o600)
    ring = read_settings({"REX_DATA_DIR": str(tmp_path)}).encryption_keys
    assert [len(key) for key in ring.values()] == [32]


def test_makes_another_secret_elsewhere(tmp_path: Path) -> None:
    secrets = {read_settings({"REX_DATA_DIR": str(tmp_path / name)}).jwt_secret for name in "ab"}
    assert len(secrets) == 2


def test_takes_a_complete_production() -> None:
    settings = read_settings(PRODUCTION)
    assert (settings.cors_origins, settings.allows_loopback_origins) == (("https://rex.example",), False)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", ""),
        ("JWT_SECRET", ""),
        ("JWT_SECRET", "secret"),
        ("JWT_SECRET", "a" * 64),
        ("REX_CORS_ORIGINS", "*"),
        ("ENCRYPTION_KEYS", ""),
        ("ENCRYPTION_KEYS", "2026a:short"),
        ("ENCRYPTION_KEYS", "2026a:" + "0f" * 32),
        ("ENCRYPTION_KEYS", "0f" * 32),
        ("ENCRYPTION_KEYS", f"a:{'0f' * 32},a:{'0e' * 32}"),
        ("ENCRYPTION_MASTER_KEY", "password"),
        ("REDIS_URL", "localhost:6379"),
        ("REX_TRUSTED_PROXIES", "10.0.0.0/8, proxy"),
        ("REX_UNSIGNED_WEBHOOKS", "maybe"),
        ("RATE_LIMIT_MAX", "0"),
        ("REX_OPENAI_BASE_URL", "ftp://models.example"),
        ("REX_EMBEDDER", "word2vec"),
        ("REX_EMBEDDING_BASE_URL", "models.example"),
        ("REX_EMBEDDING_DIMENSIONS", "many"),
    ],
)
def test_refuses_a_weak_production_and_names_the_setting(name: str, value: str) -> None:
    assert name in refusal({**PRODUCTION, name: value})


def test_says_everything_that_is_wrong_at_once() -> None:
    said = refusal(
        {
            **PRODUCTION,
            "JWT_SECRET": "short",
            "BACKEND_PORT": "http",
            "WORKER_CONCURRENCY": "0",
            "JWT_EXPIRY": "soon",
            "LOG_LEVEL": "loud",
            "REX_LEASE": "2s",
        }
    )
    names = ("JWT_SECRET", "BACKEND_PORT", "WORKER_CONCURRENCY", "JWT_EXPIRY", "LOG_LEVEL", "REX_LEASE")
    assert [name for name in names if name not in said] == []
    assert len(said.splitlines()) == len(names)


def test_tells_no_secret_in_refusals_or_in_its_looks() -> None:
    assert "hunter2" not in refusal({**PRODUCTION, "JWT_SECRET": "hunter2"})
    assert STRONG not in repr(read_settings(PRODUCTION))
    assert "secret@db" not in repr(read_settings(PRODUCTION))
    assert "encryption_keys" not in repr(read_settings(PRODUCTION))


def test_puts_a_database_url_together_from_its_parts(tmp_path: Path) -> None:
    parts = {"POSTGRES_HOST": "db", "POSTGRES_USER": "r@x", "POSTGRES_PASSWORD": "p/w", "POSTGRES_DB": "rex"}
    settings = read_settings({"REX_DATA_DIR": str(tmp_path), **parts})
    assert settings.database_url == "postgresql://r%40x:p%2Fw@db:5432/rex"


@pytest.mark.parametrize(
    ("text", "duration"),
    [("500ms", timedelta(milliseconds=500)), ("90", timedelta(seconds=90)), ("1.5h", timedelta(minutes=90))],
)
def test_reads_durations(tmp_path: Path, text: str, duration: timedelta) -> None:
    assert read_settings({"REX_DATA_DIR": str(tmp_path), "JWT_EXPIRY": text}).jwt_expiry == duration


def test_keeps_a_ring_of_keys_the_newest_first_and_the_master_key_last() -> None:
    ring = f"2026b:{bytes(range(1, 33)).hex()}, 2026a:{bytes(range(32)).hex()}"
    keys = read_settings(
        {**PRODUCTION, "ENCRYPTION_KEYS": ring, "ENCRYPTION_MASTER_KEY": "0123456789ABCDEF" * 4}
    ).encryption_keys
    assert list(keys) == ["2026b", "2026a", "master"]
    assert keys["2026a"] == bytes(range(32))
    assert keys["master"] == bytes.fromhex("0123456789abcdef" * 4)


def test_derives_a_key_from_a_master_key_of_any_kind() -> None:
    given = {"DATABASE_URL": "postgresql://db/rex", "JWT_SECRET": STRONG}
    one, same, other = (
        read_settings({**given, "ENCRYPTION_MASTER_KEY": master}).encryption_keys["master"]
        for master in ("correct horse", "correct horse", "battery staple")
    )
    assert len(one) == 32
    assert one == same != other


def test_makes_an_encryption_key_once_in_development(tmp_path: Path) -> None:
    keys = [read_settings({"REX_DATA_DIR": str(tmp_path)}).encryption_keys for _ in range(2)]
    assert keys[0] == keys[1]
    assert len(keys[0]["local"]) == 32
    assert (tmp_path / "encryption-key").stat().st_mode & 0o777 == 0o600


def test_reads_twelve_times_as_generously_as_it_writes_unless_told_otherwise(tmp_path: Path) -> None:
    given = {"REX_DATA_DIR": str(tmp_path), "RATE_LIMIT_MAX": "1000", "RATE_LIMIT_WINDOW_MS": "5000"}
    limits = read_settings(given).limits
    assert (limits.requests.requests, limits.reads.requests) == (1000, 12_000)
    assert limits.requests.window == limits.reads.window == timedelta(seconds=5)
    assert read_settings({**given, "REX_READ_RATE_LIMIT_MAX": "7"}).limits.reads.requests == 7


def test_finds_redis_by_url_or_by_parts(tmp_path: Path) -> None:
    given = {"REX_DATA_DIR": str(tmp_path)}
    assert read_settings(given).redis_url is None
    assert read_settings({**given, "REDIS_HOST": "redis"}).redis_url == "redis://redis:6379/0"
    assert read_settings({**given, "REDIS_HOST": "x", "REDIS_URL": "rediss://y/1"}).redis_url == "rediss://y/1"


def test_opens_no_place_inside_unless_told_to(tmp_path: Path) -> None:
    given = {"REX_DATA_DIR": str(tmp_path)}
    assert not read_settings(given).outgoing_allow.places
    allowed = read_settings({**given, "REX_OUTGOING_ALLOW": "inner.example:8080, 10.0.0.0/8,"}).outgoing_allow
    assert allowed.covers("inner.example", 8080, ip_address("192.168.0.1"))
    assert allowed.covers("other.example", 80, ip_address("10.0.0.1"))
    assert "not 'http://x'" in refusal({**given, "REX_OUTGOING_ALLOW": "http://x"})


def test_embeds_without_any_setting_and_knows_the_size_of_openais_models(tmp_path: Path) -> None:
    given = {"REX_DATA_DIR": str(tmp_path)}
    assert read_settings(given).embedder.kind is EmbedderKind.LEXICAL
    openai = {**given, "REX_EMBEDDER": "openai", "REX_EMBEDDING_API_KEY": "sk-hunter2"}
    assert read_settings(openai).embedder.dimensions == 1536
    assert read_settings({**openai, "REX_EMBEDDING_MODEL": "text-embedding-3-large"}).embedder.dimensions == 3072
    assert "hunter2" not in repr(read_settings(openai))


def test_refuses_half_an_embedder_and_says_which_half_is_missing(tmp_path: Path) -> None:
    given = {"REX_DATA_DIR": str(tmp_path), "REX_EMBEDDER": "openai"}
    assert refusal(given).startswith("REX_EMBEDDING_API_KEY must be set")
    served = {**given, "REX_EMBEDDING_BASE_URL": "http://localhost:11434/v1", "REX_EMBEDDING_MODEL": "nomic"}
    assert refusal(served) == "REX_EMBEDDING_DIMENSIONS must be set to the size of the vectors of nomic"
    assert read_settings({**served, "REX_EMBEDDING_DIMENSIONS": "768"}).embedder.dimensions == 768


def test_keeps_runs_for_ever_unless_told_otherwise(tmp_path: Path) -> None:
    here = {"REX_DATA_DIR": str(tmp_path)}
    assert read_settings(here).retention is None
    assert read_settings(here | {"REX_RETENTION": "forever"}).retention is None
    assert read_settings(here | {"REX_RETENTION": "90d"}).retention == timedelta(days=90)


@pytest.mark.parametrize("slip", ["90", "2h", "0d", "90 days", "-1d"])
def test_takes_no_slip_for_a_time_after_which_runs_go(tmp_path: Path, slip: str) -> None:
    assert "REX_RETENTION must be" in refusal({"REX_DATA_DIR": str(tmp_path), "REX_RETENTION": slip})


def test_parts_may_run_in_processes_of_their_own() -> None:
    usual = read_settings(PRODUCTION)
    assert (usual.redis_url, usual.fires_schedules, usual.health_file) == (None, True, None)
    apart = {"REDIS_HOST": "queue", "REX_SCHEDULER": "false", "REX_HEALTH_FILE": "/run/rex/alive"}
    settings = read_settings(PRODUCTION | apart)
    assert settings.redis_url == "redis://queue:6379/0"
    assert (settings.fires_schedules, settings.health_file) == (False, Path("/run/rex/alive"))
    assert "REX_SCHEDULER" in refusal(PRODUCTION | {"REX_SCHEDULER": "perhaps"})
