import base64

import pytest

from application.nodes.file_upload import FileUpload
from domain.values.json import Json, JsonObject
from tests.unit.application.nodes.running import faults, run


async def _data(config: JsonObject) -> Json:
    return (await run(FileUpload, {"fileName": "f.txt", **config})).data["data"]


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


async def test_replaces_the_input_with_the_file() -> None:
    rows: Json = [{"a": "1"}, {"a": "2"}]
    config: JsonObject = {
        "fileName": "rows.csv",
        "fileFormat": "csv",
        "parsedData": rows,
        "fileContent": "a\n1\n2",
        "filePreview": "whatever",
        "rowCount": None,
    }
    output = await run(FileUpload, config, {"old": 1})
    assert output.data == {
        "fileName": "rows.csv",
        "fileFormat": "csv",
        "data": rows,
        "rowCount": 2,
        "preview": "2 rows",
    }
    assert output.produced == output.data


async def test_has_defaults_and_counts_rows_of_arrays_only() -> None:
    output = await run(FileUpload, {"fileContent": "one\ntwo"})
    assert output.data == {
        "fileName": "unknown",
        "fileFormat": "txt",
        "data": "one\ntwo",
        "preview": "2 lines, 7 characters",
    }


@pytest.mark.parametrize("parsed", [{"a": 1}, {}, "text", [1], [], 7, True])
async def test_prefers_the_parsed_form_as_it_is(parsed: Json) -> None:
    assert await _data({"parsedData": parsed, "fileContent": "raw"}) == parsed


@pytest.mark.parametrize("parsed", [None, "", 0, False])
async def test_takes_the_content_where_nothing_was_parsed(parsed: Json) -> None:
    assert await _data({"parsedData": parsed, "fileContent": "raw"}) == "raw"


@pytest.mark.parametrize("parsed", ["", []])
async def test_an_empty_parsed_file_is_a_file(parsed: Json) -> None:
    assert await _data({"parsedData": parsed, "fileContent": ""}) == parsed


@pytest.mark.parametrize("text", ["a text of some length", "Größe: 5 µm, naïve café", "line one\nline two\tend\r\n"])
async def test_recognises_base64_of_a_readable_text(text: str) -> None:
    assert await _data({"fileContent": _base64(text)}) == text


@pytest.mark.parametrize(
    "content",
    [
        "abcdefghijklmnopqrstuvwxyzABCDEF",
        "0123456789012345678901234567",
        "deadbeefdeadbeefdeadbeefdeadbeef",
        "Lorem ipsum dolor sit amet, consectetur",
        _base64("short"),
        _base64("a text of some length") + "\n",
        _base64("a text of some lengt").rstrip("="),
        _base64("\x00\x01\x02 binary \x03\x04\x05"),
        "A" * 64,
        " \n",
    ],
)
async def test_takes_everything_else_as_it_stands(content: str) -> None:
    assert await _data({"fileContent": content}) == content


async def test_padding_that_is_not_canonical_is_no_base64() -> None:
    assert _base64("a text of some l") == "YSB0ZXh0IG9mIHNvbWUgbA=="
    crooked = "YSB0ZXh0IG9mIHNvbWUgbB=="
    assert await _data({"fileContent": crooked}) == crooked


async def test_does_not_guess_when_told_the_encoding() -> None:
    coded = _base64("a text of some length")
    assert await _data({"fileContent": coded, "encoding": "text"}) == coded
    assert await _data({"fileContent": _base64("short"), "encoding": "base64"}) == "short"


@pytest.mark.parametrize("content", ["not base64!", base64.b64encode(b"\xff\xfe\x00").decode()])
def test_refuses_what_is_said_to_be_base64_of_a_text_and_is_not(content: str) -> None:
    assert faults(FileUpload, {"fileContent": content, "encoding": "base64"}) == [("fileContent", "not_base64")]


@pytest.mark.parametrize(
    "config",
    [{}, {"fileContent": "", "parsedData": None}, {"fileName": "empty.txt", "fileContent": ""}, {"parsedData": 0}],
)
def test_needs_a_file(config: JsonObject) -> None:
    assert faults(FileUpload, config) == [("fileContent", "required")]


def test_refuses_unknown_formats_and_encodings() -> None:
    assert faults(FileUpload, {"fileContent": "x", "fileFormat": "exe"}) == [("fileFormat", "unknown_choice")]
    assert faults(FileUpload, {"fileContent": "x", "encoding": "rot13"}) == [("encoding", "unknown_choice")]
