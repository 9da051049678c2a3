"""An address that cannot be read is refused before anybody stumbles over it, and its password stays unsaid."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrypoints.addresses import database_address_fault, redis_address_fault
from entrypoints.settings import SettingsRefused, read_settings


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://",
        "postgresql:///rex?host=/var/run/postgresql&port=5432",
        "postgresql://rex:p%2Fw%23@db/rex?sslmode=require",
        "postgresql://rex:secret@one:5432,two:5433/rex",
        "postgresql://rex:secret@[::1]:5432/rex?application_name=",
    ],
)
def test_reads_addresses_of_databases(url: str) -> None:
    assert database_address_fault(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://rex:hunter2@db:abc/rex",
        "postgresql://rex:hunter2@db:99999/rex",
        "postgresql://rex:hunter2@[::1/rex",
        "postgresql://rex:hunter2#x@db:5432/rex",
        "postgresql://rex:hunter2?x@db:5432/rex",
        "postgresql://rex:hunter2/x@db:5432/rex",
    ],
)
def test_refuses_addresses_of_databases_that_cannot_be_read_without_repeating_them(url: str) -> None:
    with pytest.raises(SettingsRefused, match=r"^DATABASE_URL ") as refused:
        read_settings({"DATABASE_URL": url, "REX_ENV": "development", "JWT_SECRET": "x", "ENCRYPTION_MASTER_KEY": "x"})
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "redis://cache",
        "redis://:p%2Fw@cache:6379/0",
        "rediss://user:secret@[::1]:6380/15?ssl_cert_reqs=none",
        "unix:///run/redis.sock?db=2",
    ],
)
def test_reads_addresses_of_redis(url: str) -> None:
    assert redis_address_fault(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "redis://:hunter2@cache:abc/0",
        "redis://:hunter2@cache:65536/0",
        "redis://:hunter2@cache:6379/rex",
        "redis://:hunter2/x@cache:6379/0",
        "redis://:hunter2#x@cache:6379/0",
        "redis://one:6379,two:6379/0",
    ],
)
def test_refuses_addresses_of_redis_that_cannot_be_read_without_repeating_them(url: str) -> None:
    with pytest.raises(SettingsRefused, match=r"^REDIS_URL ") as refused:
        read_settings({"REDIS_URL": url, "JWT_SECRET": "x", "ENCRYPTION_MASTER_KEY": "x"})
    assert "hunter2" not in str(refused.value)


@given(st.text(max_size=40))
def test_no_address_makes_it_stumble(rest: str) -> None:
    for fault in (database_address_fault(f"postgresql://{rest}"), redis_address_fault(f"redis://{rest}")):
        assert fault is None or fault.startswith(("cannot be read", "must "))
