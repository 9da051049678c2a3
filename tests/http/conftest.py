from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.http.api import Api, Person, running_api


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    async with running_api(data_dir=tmp_path) as api:
        yield api


@pytest.fixture(scope="module")
async def lasting_api(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    """For files of many tests that each bring people of their own: making an API takes longer than asking it."""
    async with running_api(data_dir=tmp_path_factory.mktemp("api")) as api:
        yield api


@pytest.fixture
async def person(api: Api) -> Person:
    return await api.somebody()
