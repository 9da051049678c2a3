"""Judges a text of the input: long enough, short enough, saying what it must, citing what there is."""

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final, Self

from application.nodes.config_reader import ConfigReader
from application.nodes.node import NodeContext, NodeFailed, NodeOutput
from domain.executions.retry import MAX_DELAY_MS, RetryDirective
from domain.values.coercion import code_units, number_of, number_text
from domain.values.interpolation import inserted_text
from domain.values.json import UNDEFINED, JsonObject, MaybeJson, is_number
from domain.values.path import walk
from domain.values.timestamps import timestamp

_CITED: Final = re.compile(r"\[(\d{1,4}(?:[ \t]*,[ \t]*\d{1,4})*)\]")


class Citations(StrEnum):
    """What is asked of the numbers in brackets by which an answer names the passages that it was made from."""

    ANY = "any"
    VALID = "valid"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class Check:
    key: str
    passed: bool
    message: str

    def described(self) -> JsonObject:
        return {"key": self.key, "passed": self.passed, "message": self.message}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """Passes when every configured check does; without checks, when there is any text at all.

    Numbers, booleans and structures are judged by their text, what is missing or null as no text. Lengths count as
    JavaScript counts them. A text that does not pass may ask to be made anew, or, if strict, fails the node instead.

    Citations are compared with the passages that the `knowledge` of the input tells of, as an answer of a model brings
    it along: `valid` wants no others, `required` also at least one. Without `knowledge` there is nothing to compare.
    """

    type: ClassVar[str] = "evaluation"
    category: ClassVar[str] = "logic"
    is_independent: ClassVar[bool] = True

    value_path: str
    required_text: str
    min_length: int | float | None
    max_length: int | float | None
    citations: Citations
    wants_retry: bool
    strict: bool
    retry_delay_ms: int | None
    retry_reason_prefix: str

    @classmethod
    def configured(cls, fields: ConfigReader) -> Self:
        delay_ms = fields.optional_number("retryDelayMs")
        return cls(
            value_path=fields.text("valuePath", default="content"),
            required_text=fields.text("requiredText"),
            min_length=fields.optional_number("minLength", lowest=1),
            max_length=fields.optional_number("maxLength", lowest=1),
            citations=fields.choice("citations", Citations, default=Citations.ANY),
            wants_retry=fields.flag("requestRetryOnFail", default=False),
            strict=fields.flag("strict", default=False),
            retry_delay_ms=None if delay_ms is None else int(max(0, min(MAX_DELAY_MS, delay_ms))),
            retry_reason_prefix=fields.text("retryReasonPrefix", default="Evaluation failed"),
        )

    async def run(self, received: JsonObject, context: NodeContext) -> NodeOutput:
        text = await _text(walk(context.readable(received), self.value_path))
        checks = [*self._checks(text), *self._citation_checks(text, received.get("knowledge"))]
        complaint = _complaint(text, checks)
        if complaint is not None and self.strict:
            raise NodeFailed(complaint)
        told: JsonObject = {
            "valuePath": self.value_path,
            "passed": complaint is None,
            "score": _score(complaint, checks),
            "totalChecks": len(checks),
            "passedChecks": sum(check.passed for check in checks),
            "checks": [check.described() for check in checks],
            "evaluatedAt": timestamp(context.now),
        }
        return NodeOutput.adding(received, {"_evaluation": told}, retry=self._retry(complaint))

    def _checks(self, text: str) -> Iterator[Check]:
        length = code_units(text)
        if self.required_text:
            is_there = self.required_text.lower() in text.lower()
            verb = "contains" if is_there else "does not contain"
            yield Check("requiredText", is_there, f'Text {verb} "{self.required_text}"')
        if self.min_length is not None:
            wanted = f"at least {number_text(self.min_length)}"
            yield Check("minLength", length >= self.min_length, f"Length is {length}, wanted is {wanted}")
        if self.max_length is not None:
            wanted = f"at most {number_text(self.max_length)}"
            yield Check("maxLength", length <= self.max_length, f"Length is {length}, wanted is {wanted}")

    def _citation_checks(self, text: str, knowledge: MaybeJson) -> Iterator[Check]:
        given = _passages(knowledge)
        if self.citations is Citations.ANY or given is None:
            return
        cited = _cited(text)
        if self.citations is Citations.REQUIRED and given:
            said = "Cites at least one passage" if cited & given else "Cites none of the passages that were given"
            yield Check("citationsRequired", bool(cited & given), said)
        strange = ", ".join(f"[{number}]" for number in sorted(cited - given))
        said = f"Cites {strange}, not among the passages that were given" if strange else "Cites only what was given"
        yield Check("citationsValid", not strange, said)

    def _retry(self, complaint: str | None) -> RetryDirective | None:
        if complaint is None or not self.wants_retry:
            return None
        return RetryDirective(
            reason=f"{self.retry_reason_prefix}: {complaint}", delay_ms=self.retry_delay_ms, of=self.value_path
        )


async def _text(value: MaybeJson) -> str:
    """Structures become text in a thread: they can be many megabytes, and nothing else may wait for that."""
    if isinstance(value, dict | list):
        return await asyncio.to_thread(inserted_text, value)
    return "" if value is UNDEFINED or value is None else inserted_text(value)


def _passages(knowledge: MaybeJson) -> frozenset[int] | None:
    """The numbers under which passages were given; None when the input tells of no retrieval."""
    if not isinstance(knowledge, dict) or not isinstance(used := knowledge.get("used"), list):
        return None
    numbers = (each.get("number") for each in used if isinstance(each, dict))
    return frozenset(int(number_of(each)) for each in numbers if is_number(each))


def _cited(text: str) -> frozenset[int]:
    return frozenset(int(number) for cited in _CITED.findall(text) for number in cited.split(","))


def _complaint(text: str, checks: Sequence[Check]) -> str | None:
    """The first reason why the text does not pass, or None."""
    if not checks:
        return None if text else "Text is empty"
    return next((check.message for check in checks if not check.passed), None)


def _score(complaint: str | None, checks: Sequence[Check]) -> int:
    """Passed checks in percent."""
    if not checks:
        return 0 if complaint else 100
    return round(100 * sum(check.passed for check in checks) / len(checks))
