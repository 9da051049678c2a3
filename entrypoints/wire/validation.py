"""Checks JSON against a type and says everything that is wrong with it.

What is right goes one fast way: decoding and checking in one. Only when that refuses, the JSON is decoded once more
without a type and walked beside the type, to collect every fault with its path.
"""

import json
import re
from functools import lru_cache
from itertools import islice
from typing import Any, cast

import msgspec

from domain.errors import Fault, Invalid
from domain.values.json import Json
from entrypoints.wire.errors import Unreadable
from entrypoints.wire.json_text import refuse_unreadable
from entrypoints.wire.schema_faults import faults_in

MAX_FAULTS = 1000
"""Nobody reads more, and an answer should not outgrow its request by much."""


def read_json(body: bytes, expected: Any) -> Any:
    """What came in from outside, as `expected`. Raise Unreadable or Invalid, see `refuse_unreadable`, `validated`."""
    refuse_unreadable(body)
    return validated(body, expected)


def validated(body: bytes, expected: Any) -> Any:
    """Decode JSON of type `expected`. Raise Invalid with every fault, or Unreadable for what is no JSON."""
    try:
        return _decoder(expected).decode(body)
    except msgspec.ValidationError as refusal:
        if faults := _faults_of(body, expected):
            raise Invalid(faults=faults) from refusal
        return _loosely(body, expected, refusal)
    except (msgspec.DecodeError, UnicodeDecodeError) as refusal:
        raise Unreadable("This is not valid JSON") from refusal


@lru_cache
def _decoder(expected: Any) -> "msgspec.json.Decoder[Any]":
    return msgspec.json.Decoder(expected)


@lru_cache
def _inspected(expected: Any) -> msgspec.inspect.Type:
    return msgspec.inspect.type_info(expected)


def _faults_of(body: bytes, expected: Any) -> list[Fault]:
    try:
        value = cast("Json", msgspec.json.decode(body))
    except msgspec.ValidationError:
        value = cast("Json", json.loads(body, parse_int=lambda _: 0, parse_float=lambda _: 0.0))
    except (msgspec.DecodeError, UnicodeDecodeError) as refusal:
        raise Unreadable("This is not valid JSON") from refusal
    return list(islice(faults_in(value, _inspected(expected)), MAX_FAULTS))


def _loosely(body: bytes, expected: Any, refusal: msgspec.ValidationError) -> Any:
    """For what only differs in spelling: 48.0 is a whole number to everybody else."""
    try:
        return msgspec.convert(msgspec.json.decode(body), expected, strict=False)
    except msgspec.ValidationError:
        raise Invalid(faults=[_in_its_own_words(refusal)]) from refusal


def _in_its_own_words(refusal: msgspec.ValidationError) -> Fault:
    """For what a walk cannot see, such as a number too large for any type."""
    message, _, where = str(refusal).partition(" - at `$")
    steps = re.findall(r"\.([^.\[\]`]+)|\[(\d+)\]", where)
    return Fault(tuple(name or int(position) for name, position in steps), "invalid", message)
