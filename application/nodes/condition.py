"""Compares one value of the input and says true or false."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from operator import ge, gt, le, lt
from typing import ClassVar, Final, Self

from application.nodes.config_reader import ConfigReader
from application.nodes.node import NodeContext, NodeOutput
from domain.values.coercion import number_of, numeric, text_of
from domain.values.json import UNDEFINED, JsonObject, MaybeJson, is_number
from domain.values.path import walk


class Operator(StrEnum):
    EQUALS = "equals"
    NOT_EQUALS = "not_equals"
    CONTAINS = "contains"
    NOT_CONTAINS = "not_contains"
    GREATER_THAN = "greater_than"
    LESS_THAN = "less_than"
    GREATER_THAN_OR_EQUAL = "greater_than_or_equal"
    LESS_THAN_OR_EQUAL = "less_than_or_equal"
    IS_EMPTY = "is_empty"
    IS_NOT_EMPTY = "is_not_empty"
    EXISTS = "exists"
    NOT_EXISTS = "not_exists"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Compares what `field` leads to with `value`.

    Equality: what is missing equals nothing, not even another missing value. A number equals a number, or a text
    that spells one, by value. Everything else is compared by its text, so true equals `true`, and null `null`.
    Containment goes by the texts of both sides; what is missing contains nothing and is nowhere contained. Order goes
    by the numbers of both sides: null and blank text count as 0, and what is no number is neither greater nor less
    nor equal. Empty are null, blank text, an empty array and what is missing; null does not exist.
    """

    type: ClassVar[str] = "condition"
    category: ClassVar[str] = "logic"
    is_independent: ClassVar[bool] = True

    field: str
    operator: Operator
    value: MaybeJson

    @classmethod
    def configured(cls, fields: ConfigReader) -> Self:
        return cls(
            field=fields.text("field", required=True),
            operator=fields.choice("operator", Operator, default=Operator.EQUALS),
            value=fields.raw("value"),
        )

    async def run(self, received: JsonObject, context: NodeContext) -> NodeOutput:
        actual = walk(context.readable(received), self.field)
        told: JsonObject = {"field": self.field, "operator": self.operator.value}
        if self.value is not UNDEFINED:
            told["expected"] = self.value
        if actual is not UNDEFINED:
            told["actual"] = actual
        told["result"] = _RULES[self.operator](actual, self.value)
        return NodeOutput.adding(received, {"_condition": told})


Rule = Callable[[MaybeJson, MaybeJson], bool]


def _are_equal(actual: MaybeJson, expected: MaybeJson) -> bool:
    if actual is UNDEFINED or expected is UNDEFINED:
        return False
    if is_number(actual) or is_number(expected):
        one, other = numeric(actual), numeric(expected)
        if one is not None and other is not None:
            return one == other
    return text_of(actual) == text_of(expected)


def _contains(actual: MaybeJson, expected: MaybeJson) -> bool:
    return actual is not UNDEFINED and expected is not UNDEFINED and text_of(expected) in text_of(actual)


def _numbers(compare: Callable[[float, float], bool]) -> Rule:
    return lambda actual, expected: compare(number_of(actual), number_of(expected))


def _is_empty(actual: MaybeJson, _: MaybeJson) -> bool:
    return actual is UNDEFINED or actual is None or actual == "" or actual == []


def _exists(actual: MaybeJson, _: MaybeJson) -> bool:
    return actual is not UNDEFINED and actual is not None


def _not(rule: Rule) -> Rule:
    return lambda actual, expected: not rule(actual, expected)


_RULES: Final[Mapping[Operator, Rule]] = {
    Operator.EQUALS: _are_equal,
    Operator.NOT_EQUALS: _not(_are_equal),
    Operator.CONTAINS: _contains,
    Operator.NOT_CONTAINS: _not(_contains),
    Operator.GREATER_THAN: _numbers(gt),
    Operator.LESS_THAN: _numbers(lt),
    Operator.GREATER_THAN_OR_EQUAL: _numbers(ge),
    Operator.LESS_THAN_OR_EQUAL: _numbers(le),
    Operator.IS_EMPTY: _is_empty,
    Operator.IS_NOT_EMPTY: _not(_is_empty),
    Operator.EXISTS: _exists,
    Operator.NOT_EXISTS: _not(_exists),
}
