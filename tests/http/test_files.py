"""Files come as base64 and are shown as values."""

import base64
from typing import Any

import pytest

from tests.adapters.files.pdf_writer import a_pdf
from tests.http.api import Person, error_of, issue_paths, refusal


async def parsed(person: Person, content: bytes | str, format: str, name: str = "a file") -> dict[str, Any]:
    sent = content.encode() if isinstance(content, str) else content
    body = {"fileContent": base64.b64encode(sent).decode(), "fileName": name, "fileFormat": format}
    answer = await person.post("/api/files/parse", json=body)
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json()["data"]
    assert (data["fileName"], data["fileFormat"]) == (name, format)
    return data


async def test_parses_a_csv(person: Person) -> None:
    data = await parsed(person, 'name,age\n"Lovelace, Ada",36\nBob\n\nEve,"4""2"\n', "csv")
    assert data["parsedData"] == [
        {"name": "Lovelace, Ada", "age": "36"},
        {"name": "Bob", "age": ""},
        {"name": "Eve", "age": '4"2'},
    ]
    assert data["rowCount"] == 3
    assert "name" in data["preview"]


@pytest.mark.parametrize(("value", "rows"), [("[1, 2]", 2), ('{"a": 1}', None), ("null", None), ('"text"', None)])
async def test_parses_every_json_value(person: Person, value: str, rows: int | None) -> None:
    data = await parsed(person, value, "json")
    assert "parsedData" in data
    assert data.get("rowCount") == rows
    assert ("rowCount" in data) == (rows is not None)


async def test_parses_text_of_any_encoding(person: Person) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "latin-1"):
        data = await parsed(person, "Größe: 3 Äpfel für müde Gäste, und schöne Grüße".encode(encoding), "txt")
        assert data["parsedData"].startswith("Größe: 3 Äpfel"), encoding
        assert "rowCount" not in data


async def test_parses_a_pdf(person: Person) -> None:
    data = await parsed(person, a_pdf(["Hello from a page"]), "pdf")
    assert "Hello from a page" in data["parsedData"]


@pytest.mark.parametrize(
    ("content", "format"), [(b'{"a":', "json"), (b"not a pdf", "pdf"), (b"", "json"), (b'a,b\n"open', "csv")]
)
async def test_says_what_is_wrong_with_a_file(person: Person, content: bytes, format: str) -> None:
    body = {"fileContent": base64.b64encode(content or b" ").decode(), "fileName": "x", "fileFormat": format}
    answer = await person.post("/api/files/parse", json=body)
    assert refusal(answer)[:2] == (400, "PARSE_ERROR")
    assert len(error_of(answer)["message"]) > 10


@pytest.mark.parametrize(
    ("parts", "path"),
    [
        ({"fileContent": ""}, "fileContent"),
        ({"fileContent": "not base64!"}, "fileContent"),
        ({"fileContent": "YWJj="}, "fileContent"),
        ({"fileName": " "}, "fileName"),
        ({"fileName": 5}, "fileName"),
        ({"fileFormat": "xml"}, "fileFormat"),
        ({"fileFormat": None}, "fileFormat"),
    ],
)
async def test_names_the_field_that_is_wrong(person: Person, parts: dict[str, Any], path: str) -> None:
    body = {"fileContent": "YWJj", "fileName": "a.txt", "fileFormat": "txt", **parts}
    answer = await person.post("/api/files/parse", json=body)
    assert refusal(answer)[:2] == (400, "VALIDATION_ERROR")
    assert issue_paths(answer) == [[path]]


async def test_wants_a_body(person: Person) -> None:
    assert (await person.post("/api/files/parse")).status_code == 400
