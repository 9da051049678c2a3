from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.http.api import Api, Person, running_api


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    async with running_api(data_dir=tmp_path) as api:
        yield api


@pytest.fixture
async def person(api: Api) -> Person:
    return await api.somebody()
