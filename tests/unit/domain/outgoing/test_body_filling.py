import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.outgoing.body_filling import filled_body
from domain.values.json import Json


@pytest.mark.parametrize(
    ("template", "value", "filled"),
    [
        ('{"a": "{{v}}"}', 'x", "admin": "y', '{"a": "x\\", \\"admin\\": \\"y"}'),
        ('{"a": "<{{v}}>"}', {"b": 'c"'}, '{"a": "<{\\"b\\":\\"c\\\\\\"\\"}>"}'),
        ('{"a": "{{v}}"}', 1.0, '{"a": "1"}'),
        ('{"a": {{v}}}', 1.0, '{"a": 1}'),
        ('{"a": {{v}}}', {"b": [1]}, '{"a": {"b":[1]}}'),
        ('{"a": {{v}}}', "text", '{"a": "text"}'),
        ('{"a": {{v}}}', "12", '{"a": 12}'),
        ('{"a": {{v}}}', '{"ready": true}', '{"a": {"ready": true}}'),
        ('{"a": {{v}}}', '1, "admin": true', '{"a": "1, \\"admin\\": true"}'),
        ('{"{{v}}": 1}', 'k"', '{"k\\"": 1}'),
        ('{"a": {{v}}}', None, '{"a": {{v}}}'),
        ("{{v}}", 'raw "text"', 'raw "text"'),
        (" {{v}}\n", {"a": 1}, ' {"a":1}\n'),
        ("Dear {{v}}", 'B"ob', 'Dear B"ob'),
        ("{broken {{v}}}", "x", "{broken x}"),
    ],
)
def test_fills_json_without_changing_its_structure(template: str, value: Json, filled: str) -> None:
    assert filled_body(template, {"v": value}, content_type="application/json; charset=utf-8") == filled


def test_fills_forms_without_changing_their_structure() -> None:
    kind = "Application/X-WWW-Form-Urlencoded"
    assert filled_body("a={{v}}&b={{w}}", {"v": "1&c=2 ", "w": None}, content_type=kind) == "a=1%26c%3D2+&b={{w}}"


def test_leaves_texts_of_other_kinds_as_they_are() -> None:
    assert filled_body('{"a": "{{v}}"}', {"v": '"'}, content_type="text/plain") == '{"a": """}'


@given(st.text(), st.text())
def test_no_text_changes_the_structure_of_json(first: str, second: str) -> None:
    body = filled_body('{"a": "x{{v}}", "b": [{{w}}], "c": 1}', {"v": first, "w": second}, content_type="a/json")
    read = json.loads(body)
    assert (list(read), read["a"], len(read["b"]), read["c"]) == (["a", "b", "c"], f"x{first}", 1, 1)
