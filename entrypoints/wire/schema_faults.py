"""Walks JSON beside the type it should have, and names each difference."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final, TypeAlias, cast

from msgspec import inspect as types

from domain.errors import Fault
from domain.values.json import Json, is_number

MALFORMED: Final = "malformed"
"""Code of a text that does not fit its pattern; a type's `Meta(extra={MALFORMED: (code, message)})` says it better."""

Path: TypeAlias = tuple[str | int, ...]
Check: TypeAlias = Callable[[Json, Any, Path], Iterator[Fault]]


def faults_in(value: Json, expected: types.Type, path: Path = ()) -> Iterator[Fault]:
    """Everything that keeps `value` from being `expected`, in the order of the type's fields. Extra keys are fine."""
    check = _CHECKS.get(type(expected))
    return check(value, expected, path) if check else iter(())


def _annotated(value: Json, expected: types.Metadata, path: Path) -> Iterator[Fault]:
    code, message = (expected.extra or {}).get(MALFORMED, (MALFORMED, "Invalid format"))
    for fault in faults_in(value, expected.type, path):
        yield replace(fault, code=code, message=message) if fault.code == MALFORMED else fault


def _one_of(value: Json, expected: types.UnionType, path: Path) -> Iterator[Fault]:
    """Kinds of JSON tell the members apart, so at most one of them can be meant."""
    for member in expected.types:
        if _kind(value) in _kinds(member):
            yield from faults_in(value, member, path)
            return
    yield _wrong_type(value, expected, path)


def _object(value: Json, expected: types.StructType, path: Path) -> Iterator[Fault]:
    if not isinstance(value, dict):
        yield _wrong_type(value, expected, path)
        return
    for field in expected.fields:
        inside = (*path, field.encode_name)
        if field.encode_name in value:
            yield from faults_in(value[field.encode_name], field.type, inside)
        elif field.required:
            yield Fault(inside, "required", "Required")


def _mapping(value: Json, expected: types.DictType, path: Path) -> Iterator[Fault]:
    if not isinstance(value, dict):
        yield _wrong_type(value, expected, path)
        return
    for key, item in value.items():
        yield from faults_in(item, expected.value_type, (*path, key))


def _array(value: Json, expected: types.ListType, path: Path) -> Iterator[Fault]:
    if not isinstance(value, list):
        yield _wrong_type(value, expected, path)
        return
    yield from _length(value, expected, path, "Array must contain", "element(s)")
    for position, item in enumerate(value):
        yield from faults_in(item, expected.item_type, (*path, position))


def _text(value: Json, expected: types.StrType, path: Path) -> Iterator[Fault]:
    if not isinstance(value, str):
        yield _wrong_type(value, expected, path)
        return
    yield from _length(value, expected, path, "String must contain", "character(s)")
    if expected.pattern and not re.search(expected.pattern, value):
        yield Fault(path, MALFORMED, "Invalid format")


def _length(
    value: str | list[Json], expected: types.StrType | types.ListType, path: Path, what: str, units: str
) -> Iterator[Fault]:
    if expected.min_length is not None and len(value) < expected.min_length:
        yield Fault(path, "too_short", f"{what} at least {expected.min_length} {units}")
    if expected.max_length is not None and len(value) > expected.max_length:
        yield Fault(path, "too_long", f"{what} at most {expected.max_length} {units}")


def _choice(value: Json, expected: types.EnumType | types.LiteralType, path: Path) -> Iterator[Fault]:
    options = _options(expected)
    if value not in options:
        listed = " | ".join(f"'{each}'" for each in options)
        yield Fault(path, "unknown_choice", f"Invalid enum value. Expected {listed}, received {_shown(value)}")


def _plain(value: Json, expected: types.Type, path: Path) -> Iterator[Fault]:
    if _kind(value) not in _kinds(expected):
        yield _wrong_type(value, expected, path)


def _integer(value: Json, expected: types.IntType, path: Path) -> Iterator[Fault]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield _wrong_type(value, expected, path)
    elif value != int(value):
        yield Fault(path, "not_integer", "Expected a whole number")
    elif (expected.ge is not None and value < expected.ge) or (expected.le is not None and value > expected.le):
        yield Fault(path, "out_of_range", f"Number must be between {expected.ge} and {expected.le}")


def _wrong_type(value: Json, expected: types.Type, path: Path) -> Fault:
    return Fault(path, "wrong_type", f"Expected {' or '.join(_kinds(expected))}, received {_kind(value)}")


def _kind(value: Json) -> str:
    if is_number(value):
        return "number"
    return {bool: "boolean", str: "string", list: "array", dict: "object"}.get(type(value), "null")


def _kinds(expected: types.Type) -> Sequence[str]:
    """Which kinds of JSON a type can be written in, in the order of the type."""
    if isinstance(expected, types.Metadata):
        return _kinds(expected.type)
    if isinstance(expected, types.UnionType):
        return list(dict.fromkeys(kind for member in expected.types for kind in _kinds(member)))
    if isinstance(expected, types.EnumType | types.LiteralType):
        return list(dict.fromkeys(_kind(cast("Json", each)) for each in _options(expected)))
    return _KINDS.get(type(expected), ("null", "boolean", "number", "string", "array", "object"))


def _options(expected: types.EnumType | types.LiteralType) -> Sequence[object]:
    if isinstance(expected, types.LiteralType):
        return expected.values
    return [each.value for each in expected.cls]


def _shown(value: Json) -> str:
    return f"'{value[:100]}'" if isinstance(value, str) else _kind(value)


_CHECKS: Final[dict[type[types.Type], Check]] = {
    types.Metadata: _annotated,
    types.UnionType: _one_of,
    types.StructType: _object,
    types.ListType: _array,
    types.StrType: _text,
    types.EnumType: _choice,
    types.LiteralType: _choice,
    types.DictType: _mapping,
    types.IntType: _integer,
    types.FloatType: _plain,
    types.BoolType: _plain,
    types.NoneType: _plain,
}

_KINDS: Final[dict[type[types.Type], Sequence[str]]] = {
    types.StructType: ("object",),
    types.DictType: ("object",),
    types.ListType: ("array",),
    types.StrType: ("string",),
    types.IntType: ("number",),
    types.FloatType: ("number",),
    types.BoolType: ("boolean",),
    types.NoneType: ("null",),
}
