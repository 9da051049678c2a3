"""What is shown of values: little, and no secrets."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.executions.showing import LONGEST_TEXT, LONGEST_VALUE, MASK, shown_json, shown_text, shown_value
from domain.values.json import Json

SECRETS = st.sampled_from(["password", "apiKey", "client_secret", "X-Access-Token", "authorization", "PWD"])
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("value", [None, True, 0, -1.5, "short", ""])
def test_shows_what_is_small_as_it_is(value: Json) -> None:
    assert shown_value(value) == value


def test_shows_structures_as_the_beginning_of_their_json() -> None:
    assert shown_value({"a": [1, "é"]}) == '{"a":[1,"é"]}'
    cut = shown_value([1] * 500)
    assert isinstance(cut, str)
    assert (len(cut), cut[-1]) == (LONGEST_VALUE, "…")


@settings(deadline=None)
@given(value=VALUES, text=TEXTS)
def test_nothing_is_longer_than_it_may_be(value: Json, text: str) -> None:
    shown = shown_value(value)
    assert not isinstance(shown, dict | list)
    assert not isinstance(shown, str) or len(shown) <= LONGEST_VALUE
    assert len(shown_text(text * 50)) <= LONGEST_TEXT


@settings(deadline=None)
@given(name=SECRETS, prefix=st.sampled_from(["", "user.", "a.0."]))
def test_what_is_called_a_secret_is_not_shown_wherever_it_is(name: str, prefix: str) -> None:
    secret = "hunter2"
    assert shown_value(secret, name=prefix + name) == MASK
    nested: dict[str, Any] = {"outer": [{name: secret, "plain": "seen"}]}
    shown = shown_value(nested)
    assert isinstance(shown, str)
    assert secret not in shown
    assert "seen" in shown
    whole = json.dumps(nested)
    assert json.loads(shown_json(whole)) == {"outer": [{name: MASK, "plain": "seen"}]}


@settings(deadline=None)
@given(at=st.integers(0, 60))
def test_a_text_of_json_may_end_within_a_secret(at: int) -> None:
    whole = '{"pin": 1, "password": "hunter2 and \\"more\\" of it", "n": 1}'
    assert "hunter" not in shown_json(whole[:at])


def test_a_secret_that_a_cut_would_disguise_is_removed_before_it() -> None:
    text = "x" * (LONGEST_TEXT - 6) + " sk-" + "a" * 40
    assert "aaa" not in shown_text(text)
    assert shown_value("totals", name="totalTokens") == "totals"
