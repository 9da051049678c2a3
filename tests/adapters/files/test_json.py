"""Any JSON value, and a place for what is none."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.files.json_file import read_json
from domain.files.errors import FileUnreadable
from domain.values.json import Json

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
VALUES: st.SearchStrategy[Json] = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4), max_leaves=12
)


@given(VALUES, st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]), st.booleans())
def test_any_value_comes_out_as_it_was(value: Json, encoding: str, in_ascii: bool) -> None:
    content = read_json(json.dumps(value, ensure_ascii=in_ascii).encode(encoding))
    assert content.value == value
    assert content.row_count == (len(value) if isinstance(value, list) else None)


@pytest.mark.parametrize(
    ("text", "preview"),
    [
        ("[1, 2]", "array with 2 items"),
        ("[]", "array with 0 items"),
        ('{"name": 1, "age": 2}', "object with 2 keys (name, age)"),
        ("{}", "object with 0 keys"),
        ("null", "null"),
        ("true", "true"),
        ("-1.5", "-1.5"),
        ('"Ada"', "text with 1 line, 3 characters"),
    ],
)
def test_the_preview_names_the_kind(text: str, preview: str) -> None:
    assert read_json(text.encode()).preview == preview


def test_the_preview_stays_short() -> None:
    names = {f"name {at}": at for at in range(1000)}
    assert len(read_json(json.dumps(names).encode()).preview) < 400


def test_the_last_of_equal_keys_wins() -> None:
    assert read_json(b'{"a": 1, "a": 2}').value == {"a": 2}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        (" \n", "Not valid JSON at line 2, column 1: Expecting value$"),
        ('{"a": 1,\r\n "b": }', "Not valid JSON at line 2, column 7: Expecting value$"),
        ('{"a": 1,}', "Not valid JSON at line 1, column 8: |line 1, column 9: "),
        ('["a', "Not valid JSON at line 1, column 2: Unterminated string$"),
        ("[1] 2", "line 1, column 5: Extra data"),
        ("{'a': 1}", "line 1, column 2: Expecting property name"),
        ('["NaN",\n NaN]', "line 2: NaN is no JSON number; use null"),
        ('["\\"Infinity", -Infinity]', "line 1: -Infinity is no JSON number"),
        ('[{"a": 1e999}]', r"at \$\[0\]\.a has a number that is too large"),
        ("9" * 400, "The JSON has a number that is too large"),
        ("9" * 5000, "a number of thousands of digits"),
        ('{"a": ["x", "\\u0000"]}', r"at \$\.a\[1\] has a NUL character"),
        ('{"\\u0000": 1}', r"at \$\.\\x00 has a NUL character"),
        ('"\\ud83d"', "has half a surrogate pair"),
        ('{"\\udc00": 1}', "has half a surrogate pair"),
        ("[" + "[]," * 500_000 + "{}]", "more than 500000 brackets and braces"),
        ("[" * 129 + "]" * 129, "nested more than 128 deep"),
        ('{"a":' * 100_000 + "1" + "}" * 100_000, "nested more than 128 deep"),
    ],
)
def test_what_is_no_json_or_cannot_be_kept_is_refused_with_its_place(text: str, reason: str) -> None:
    with pytest.raises(FileUnreadable, match=reason):
        read_json(text.encode())


def test_deep_but_not_too_deep_is_fine() -> None:
    assert read_json(b"[" * 128 + b"]" * 128).row_count == 1
    assert read_json(b'["\\ud83d\\ude00"]').value == ["😀"]
