"""How the private server is set up."""

import pytest

from adapters.embedded.settings import memory_of_machine, shared_buffers

GIGABYTE = 1 << 30


@pytest.mark.parametrize(("memory", "buffers"), [(0.5, "128MB"), (2, "256MB"), (3, "384MB"), (64, "512MB")])
def test_takes_an_eighth_of_the_memory_within_bounds(memory: float, buffers: str) -> None:
    assert shared_buffers(int(memory * GIGABYTE)) == buffers


def test_knows_how_much_memory_there_is() -> None:
    assert GIGABYTE / 16 < memory_of_machine() < GIGABYTE << 14
