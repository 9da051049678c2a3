"""The description of the API as it is meant to be. Run this file to write it anew after a change that is wanted."""

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

from tests.http.api import running_api

SNAPSHOT = Path(__file__).parents[2] / "docs" / "openapi.json"


def written(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


async def _write() -> None:
    with tempfile.TemporaryDirectory() as data_dir:
        async with running_api(data_dir=Path(data_dir)) as api:
            SNAPSHOT.write_text(written((await api.client.get("/schema/openapi.json")).json()))


if __name__ == "__main__":
    asyncio.run(_write())
