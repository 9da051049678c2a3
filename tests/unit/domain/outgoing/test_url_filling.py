from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.outgoing.errors import BadUrl
from domain.outgoing.url_filling import filled_url
from domain.values.json import Json


@pytest.mark.parametrize(
    ("template", "value", "filled"),
    [
        ("https://x/{{v}}", 7.0, "https://x/7"),
        ("https://x/{{v}}", None, "https://x/{{v}}"),
        ("https://x/{{ v }}/end", "a b", "https://x/a%20b/end"),
        ("https://x/{{v}}/end", "a/../b?c#d", "https://x/a%2F..%2Fb%3Fc%23d/end"),
        ("https://x/?q={{v}}&r=1", "a&r=2#\u00e9", "https://x/?q=a%26r%3D2%23%C3%A9&r=1"),
        ("https://x?q={{v}}", "a/b.~_-", "https://x?q=a%2Fb.~_-"),
        ("https://x/#{{v}}", "..", "https://x/#.."),
        ("https://x/{{v}}", "already%20done%2F", "https://x/already%20done%2F"),
        ("https://x/{{v}}", "100% \ud800", "https://x/100%25%20%3F"),
        ("https://x/?q={{v}}", [1, {"a": "b"}], "https://x/?q=%5B1%2C%7B%22a%22%3A%22b%22%7D%5D"),
        ("https://{{v}}/a", "api.example:8080", "https://api.example:8080/a"),
        ("https://{{v}}.example?x", "b\u00fccher", "https://b\u00fccher.example?x"),
        ("https://x/...{{v}}", "...", "https://x/......"),
    ],
)
def test_fills_values_in_without_changing_where_the_url_leads(template: str, value: Json, filled: str) -> None:
    assert filled_url(template, {"v": value}) == filled


@pytest.mark.parametrize("value", ["evil.example/", "a@b", "a?b", "a#b", "a\\b", "a b", "a%2fb", "a\r\nb"])
def test_refuses_values_that_would_end_the_host(value: str) -> None:
    with pytest.raises(BadUrl) as refused:
        filled_url("https://{{v}}.example/", {"v": value})
    assert value not in str(refused.value)


@pytest.mark.parametrize("value", [".", "..", "%2e%2E", ".%2e"])
def test_refuses_values_that_lead_up_the_path(value: str) -> None:
    with pytest.raises(BadUrl, match="up the path"):
        filled_url("https://x/a/{{v}}/b", {"v": value})


@given(st.text())
def test_no_value_changes_the_structure_of_a_url(value: str) -> None:
    try:
        parts = urlsplit(filled_url("https://x.example/a/{{v}}/b?c={{v}}&d=1#e", {"v": value}))
    except BadUrl:
        return
    assert (parts.netloc, parts.fragment, parts.path.count("/"), parts.query.count("&")) == ("x.example", "e", 3, 1)
