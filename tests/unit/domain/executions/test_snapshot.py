"""Snapshots show what fits, and finding that out does not cost more the longer a run is."""

from collections.abc import Iterator
from typing import Any

from domain.executions.context import ContextPatch
from domain.executions.snapshot import Sizes, shown
from domain.values.json import JsonObject, as_object
from domain.values.json_size import json_size
from tests.fakes.clock import NOON
from tests.make import a_context


class Watched(dict[str, Any]):
    """Counts how often it is looked through."""

    looks = 0

    def values(self) -> Any:
        self.looks += 1
        return super().values()

    def __iter__(self) -> Iterator[str]:
        self.looks += 1
        return super().__iter__()


def test_measures_what_stays_the_same_only_once() -> None:
    remembered = Watched(text="x" * 5000)
    context = a_context().patched(ContextPatch(memory={"large": remembered}), at=NOON)
    sizes = Sizes()
    first = shown(context, most=3000, sizes=sizes)
    looks = remembered.looks
    later = context.patched(ContextPatch(memory={"small": 1}), at=NOON)
    assert shown(later, most=3000, sizes=sizes).memory["large"] == first.memory["large"]
    assert remembered.looks == looks > 0


def test_measures_anew_what_was_replaced() -> None:
    sizes = Sizes()
    small = a_context().patched(ContextPatch(memory={"key": "x"}), at=NOON)
    assert shown(small, most=3000, sizes=sizes).memory["key"] == "x"
    large = small.patched(ContextPatch(memory={"key": "x" * 5000}), at=NOON)
    assert shown(large, most=3000, sizes=sizes).memory["key"]["_omitted"] is True  # type: ignore[index, call-overload]


def test_counts_memory_and_knowledge_together() -> None:
    patch = ContextPatch(memory={"key": "x" * 2000}, knowledge={"key": "y" * 2500})
    context = shown(a_context().patched(patch, at=NOON), most=4000, sizes=Sizes())
    assert context.memory["key"] == "x" * 2000
    assert context.knowledge["key"] != "y" * 2500


def test_leaves_out_the_oldest_of_many_small_values_and_says_how_many() -> None:
    many: JsonObject = {f"key {at:04}": "x" * 100 for at in range(100)}
    patch = ContextPatch(memory={**many, "retry.lastOutcome": "no_retry"})
    memory = shown(a_context().patched(patch, at=NOON), most=4000, sizes=Sizes()).memory
    assert json_size(memory, most=1 << 20) <= 4100
    left = [key for key in memory if key.startswith("key ")]
    assert left == list(many)[-len(left) :]
    assert memory["retry.lastOutcome"] == "no_retry"
    assert as_object(memory["_omitted"])["keys"] == 100 - len(left)
