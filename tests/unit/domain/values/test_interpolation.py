"""Placeholders, and JSON as JavaScript writes it."""

import json
import math
from collections.abc import ItemsView

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.values.interpolation import interpolate_blanking, interpolate_keeping, json_text
from domain.values.json import UNDEFINED, Json, JsonObject, MaybeJson, parsed

DATA: JsonObject = {
    "name": "Ada",
    "count": 2.0,
    "on": True,
    "none": None,
    "tags": ["a", "b"],
    "user": {"id": 7},
    "_knowledge": {"matches": [{"content": "found"}]},
    "blank": "",
    "_nodes": {"0b-1c": {"content-type": "text", "a": [{"b-c": 1}]}},
}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("Hello {{name}}!", "Hello Ada!"),
        ("{{name}}{{name}}", "AdaAda"),
        ("{{ name }}", "Ada"),
        ("{{count}} {{on}}", "2 true"),
        ("{{user.id}}", "7"),
        ("{{tags.1}}", "b"),
        ("{{_knowledge.matches.0.content}}", "found"),
        ("{{user}} {{tags}}", '{"id":7} ["a","b"]'),
        ("[{{blank}}]", "[]"),
        ("{{_nodes.0b-1c.content-type}} {{ _nodes.0b-1c.a.0.b-c }}", "text 1"),
    ],
)
def test_fills_placeholders(template: str, text: str) -> None:
    assert interpolate_keeping(template, DATA) == text
    assert interpolate_blanking(template, DATA) == text


@pytest.mark.parametrize(
    "template",
    [
        "{name}",
        "{{}}",
        "{{ }}",
        "{{a-b}}",
        "{{a..b}}",
        "{{.a}}",
        "{{name|upper}}",
        "{{na\nme}}",
        "{{ñ}}",
        "{{name}",
        "{{_nodes-x.a}}",
        "{{x._nodes.a-b}}",
    ],
)
def test_leaves_alone_what_is_no_placeholder(template: str) -> None:
    assert interpolate_keeping(template, DATA) == template
    assert interpolate_blanking(template, DATA) == template


@pytest.mark.parametrize("path", ["missing", "none", "name.length", "tags.2", "user.id.x"])
def test_keeps_or_blanks_what_has_no_value(path: str) -> None:
    template = f"a {{{{{path}}}}} b"
    assert interpolate_keeping(template, DATA) == template
    assert interpolate_blanking(template, DATA) == "a  b"


def test_does_not_look_for_placeholders_in_what_it_inserted() -> None:
    assert interpolate_keeping("{{a}}", {"a": "{{b}}", "b": "secret"}) == "{{b}}"


@given(st.text())
def test_texts_without_braces_stay_as_they_are(text: str) -> None:
    plain = text.replace("{", "(")
    assert interpolate_keeping(plain, DATA) == plain


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([1.0, 1e-7, 1e-5, -0.0, 1e21], "[1,1e-7,0.00001,0,1e+21]"),
        ({"a": {"b": None, "c": False}, "d": [[]]}, '{"a":{"b":null,"c":false},"d":[[]]}'),
        ('quote " slash \\ tab \t é 🙂', '"quote \\" slash \\\\ tab \\t é 🙂"'),
        ([math.inf, math.nan, 10**400], "[null,null,null]"),
        (UNDEFINED, "null"),
        ({}, "{}"),
        ([], "[]"),
    ],
)
def test_writes_json_as_javascript_does(value: MaybeJson, text: str) -> None:
    assert json_text(value) == text


EXACT = st.integers(-(2**53), 2**53) | st.floats(-(2.0**53), 2.0**53)
VALUES: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | EXACT | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=5),
    max_leaves=20,
)


@given(VALUES)
def test_written_json_reads_back_as_the_same_value(value: Json) -> None:
    assert json.loads(json_text(value)) == value
    assert parsed(json_text(value)) == value


@given(
    st.lists(st.integers() | st.booleans() | st.text(), min_size=8)
    | st.lists(st.floats(), min_size=8)
    | st.lists(st.floats(0.0001, 1e17) | st.integers(), min_size=8)
)
def test_long_arrays_are_written_like_their_items(values: list[Json]) -> None:
    assert json_text(values) == "[" + ",".join(map(json_text, values)) + "]"


def test_what_is_inserted_in_many_places_is_written_once() -> None:
    class Read(dict[str, Json]):
        times = 0

        def items(self) -> ItemsView[str, Json]:  # type: ignore[override]
            Read.times += 1
            return super().items()

    assert interpolate_keeping("{{a}}" * 1_000, {"a": Read(b=1)}) == '{"b":1}' * 1_000
    assert Read.times == 1
