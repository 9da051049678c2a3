from collections.abc import AsyncIterator

import pytest

from adapters.javascript.v8_script_sandbox import V8ScriptSandbox
from tests.adapters.javascript.running import Box


@pytest.fixture(scope="session")
async def sandbox() -> AsyncIterator[V8ScriptSandbox]:
    """One for all tests: each has to find it as clean as the first."""
    one = V8ScriptSandbox(processes=2)
    yield one
    await one.close()


@pytest.fixture
def box(sandbox: V8ScriptSandbox) -> Box:
    return Box(sandbox)
