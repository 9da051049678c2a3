"""Tests without a Redis prove nothing, so they may not look as if they did."""

import pytest

from tests import redis_server


def test_where_there_is_no_redis_tests_fail_and_say_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REX_TEST_REDIS_URL", raising=False)
    monkeypatch.setattr(redis_server, "program", lambda: None)
    monkeypatch.setattr(redis_server, "docker_is_reachable", lambda: False)
    for wanted in (redis_server.own_redis, redis_server.shared_redis):
        with pytest.raises(pytest.fail.Exception, match="install redis-server"), wanted():
            pass
