"""Whoever looks at the file learns whether the process is alive."""

import asyncio
import os
import time
from pathlib import Path

import pytest

from entrypoints.settings import SettingsRefused
from entrypoints.worker.sign_of_life import refuse_place, sign_of_life


async def test_is_renewed_while_the_process_lives_and_gone_afterwards(tmp_path: Path) -> None:
    sign = tmp_path / "alive"
    async with sign_of_life(sign, every=0.001):
        os.utime(sign, (0, 0))
        async with asyncio.timeout(10):
            while sign.stat().st_mtime == 0:
                await asyncio.sleep(0.001)
    assert not sign.exists()


async def test_is_not_left_behind_by_a_slow_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sign = tmp_path / "alive"
    touch, is_touching = Path.touch, asyncio.Event()
    loop = asyncio.get_running_loop()

    def slowly(path: Path) -> None:
        loop.call_soon_threadsafe(is_touching.set)
        time.sleep(0.05)
        touch(path)

    async with sign_of_life(sign, every=0.001):
        monkeypatch.setattr(Path, "touch", slowly)
        await asyncio.wait_for(is_touching.wait(), 10)
    await asyncio.sleep(0.1)
    assert not sign.exists()


async def test_a_full_disk_stops_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = asyncio.Event()
    loop = asyncio.get_running_loop()

    def fails(_: Path) -> None:
        loop.call_soon_threadsafe(tried.set)
        raise OSError("no space left")

    async with sign_of_life(tmp_path / "alive", every=0.001):
        monkeypatch.setattr(Path, "touch", fails)
        await asyncio.wait_for(tried.wait(), 10)


async def test_nobody_needs_one() -> None:
    async with sign_of_life(None):
        pass


def test_a_place_where_no_file_can_be_made_is_refused_in_a_sentence(tmp_path: Path) -> None:
    for impossible in (tmp_path / "missing" / "alive", tmp_path):
        with pytest.raises(SettingsRefused, match=f"REX_HEALTH_FILE cannot be {impossible}"):
            refuse_place(impossible)
    refuse_place(tmp_path / "alive")
    refuse_place(None)
