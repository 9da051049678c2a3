"""A file that is touched for as long as this process gets around to it: containers without a port look at its age."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from entrypoints.settings import SettingsRefused

EVERY_SECONDS: Final = 5.0


def refuse_place(path: Path | None) -> None:
    """Raise SettingsRefused for a file that cannot be made there."""
    if path is not None and (path.is_dir() or not os.access(path.parent, os.W_OK | os.X_OK)):
        raise SettingsRefused(
            f"REX_HEALTH_FILE cannot be {path}: set it to a file in a folder that is there and can be written to"
        )


@asynccontextmanager
async def sign_of_life(path: Path | None, *, every: float = EVERY_SECONDS) -> AsyncIterator[None]:
    """Touch `path` every five seconds while the block lasts, and remove it afterwards. None for no sign."""
    if path is None:
        yield
        return
    await asyncio.to_thread(path.touch)
    gone = asyncio.Event()
    touching = asyncio.create_task(_touch(path, gone, every), name="sign of life")
    try:
        yield
    finally:
        gone.set()
        await touching  # cancelled, it could leave a thread behind that touches what was removed
        await asyncio.to_thread(path.unlink, missing_ok=True)


async def _touch(path: Path, gone: asyncio.Event, every: float) -> None:
    while True:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(every):
                await gone.wait()
                return
        with contextlib.suppress(OSError):  # a full disk is no reason to stop working
            await asyncio.to_thread(path.touch)
