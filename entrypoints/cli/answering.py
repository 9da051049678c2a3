"""An answer, as people read it: the text, and below it what its numbers stand for."""

import re
from collections.abc import Iterator
from typing import Any

from entrypoints.cli.following import Record
from entrypoints.cli.output import out, say


def print_answer(record: Record) -> None:
    """The answer goes to standard output with its sources; what is odd about it is said beside it."""
    asked = _outputs(record, "llm")
    remarks = [*_retrieval_warnings(record), *(each for output in asked for each in output.get("warnings", ()))]
    if asked:
        _print_text(asked)
    else:
        say("Nothing was answered")
    for remark in dict.fromkeys(remarks):
        say(f"Note: {remark}")


def _print_text(asked: list[dict[str, Any]]) -> None:
    answer: str = asked[-1]["content"]
    out.print(answer, markup=False)
    if sources := _sources(answer, asked):
        out.print("")
        for number, title in sources:
            out.print(f"[{number}] {title}", markup=False)


def _outputs(record: Record, node_type: str) -> list[dict[str, Any]]:
    """Of the nodes of this type that completed, in their order."""
    steps = (step for step in record["steps"] if step["nodeType"] == node_type and step["status"] == "completed")
    return [step["output"] for step in steps]


def _retrieval_warnings(record: Record) -> Iterator[str]:
    """What went wrong in searches although the run went on; the key of a result is the node's own choice."""
    for output in _outputs(record, "knowledge-retrieve"):
        for value in output.values():
            if isinstance(value, dict) and "orchestration" in value:
                yield from value.get("warnings", ())


def _sources(answer: str, asked: list[dict[str, Any]]) -> list[tuple[int, str]]:
    """The passages that the answer cites, by the numbers that the last model to see any was given them under."""
    cited = {int(number) for number in re.findall(r"\[(\d{1,4})\]", answer)}
    told = (output["knowledge"]["used"] for output in reversed(asked) if "knowledge" in output)
    shown: list[dict[str, Any]] = next(told, [])
    return [(each["number"], each["title"]) for each in shown if each["number"] in cited]
