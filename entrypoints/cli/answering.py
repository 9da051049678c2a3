"""An answer, as people read it: the text, and below it what its numbers stand for."""

import re
from typing import Any

from entrypoints.cli.following import Record
from entrypoints.cli.output import out, say


def print_answer(record: Record) -> None:
    """The answer goes to standard output with its sources; what is odd about it is said beside it."""
    asked = [step["output"] for step in record["steps"] if step["nodeType"] == "llm" and step["status"] == "completed"]
    if not asked:
        say("Nothing was answered")
        return
    answer: str = asked[-1]["content"]
    out.print(answer, markup=False)
    if sources := _sources(answer, asked):
        out.print("")
        for number, title in sources:
            out.print(f"[{number}] {title}", markup=False)
    for warning in dict.fromkeys(each for output in asked for each in output.get("warnings", ())):
        say(f"Note: {warning}")


def _sources(answer: str, asked: list[dict[str, Any]]) -> list[tuple[int, str]]:
    """The passages that the answer cites, by the numbers that the last model to see any was given them under."""
    cited = {int(number) for number in re.findall(r"\[(\d{1,4})\]", answer)}
    told = (output["knowledge"]["used"] for output in reversed(asked) if "knowledge" in output)
    shown: list[dict[str, Any]] = next(told, [])
    return [(each["number"], each["title"]) for each in shown if each["number"] in cited]
