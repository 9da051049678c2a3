"""Node types that do what a test tells them, and count."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from application.nodes.catalogue import CATALOGUE
from application.nodes.config_reader import ConfigReader
from application.nodes.node import Node, NodeContext, NodeFailed, NodeOutput
from domain.values.json import JsonObject


def a_type(name: str, act: "Act", *, independent: bool = True) -> type[Node]:
    """A node type that does `act` with what it receives."""

    @dataclass(frozen=True, slots=True)
    class Player:
        type: ClassVar[str] = name
        category: ClassVar[str] = "action"
        is_independent: ClassVar[bool] = independent

        @classmethod
        def configured(cls, fields: ConfigReader) -> "Player":
            return cls()

        async def run(self, received: JsonObject, context: NodeContext) -> NodeOutput:
            done = act(received, context)
            return done if isinstance(done, NodeOutput) else await done

    return Player


Act = Callable[[JsonObject, NodeContext], NodeOutput | Awaitable[NodeOutput]]


def with_types(*kinds: type[Node]) -> dict[str, type[Node]]:
    return {**CATALOGUE, **{kind.type: kind for kind in kinds}}


class Writer:
    """Writes a longer text each time it is asked, as `content`, and remembers what it was given."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self.given: list[JsonObject] = []

    def __call__(self, received: JsonObject, context: NodeContext) -> NodeOutput:
        self.given.append(received)
        return NodeOutput.of({"content": self._texts[min(len(self.given), len(self._texts)) - 1]})


class Passer:
    """Passes its input on and counts how often each node did."""

    def __init__(self) -> None:
        self.runs: Counter[str] = Counter()

    def __call__(self, received: JsonObject, context: NodeContext) -> NodeOutput:
        self.runs[context.node_id] += 1
        return NodeOutput.adding(received, {f"seen by {context.node_id}": self.runs[context.node_id]})


def breaking(received: JsonObject, context: NodeContext) -> NodeOutput:
    raise NodeFailed("it broke")
