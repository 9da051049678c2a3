"""A file comes as base64 and goes as what it says."""

import base64
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.files.file_content import LARGEST_BYTES, decoded
from application.files.parse_file import ParsedFile, ParseFile
from domain.errors import Invalid
from domain.files.errors import FileUnreadable
from domain.files.file_format import FileFormat
from tests.fakes.file_reader import FakeFileReader

parse_file = ParseFile(reader=FakeFileReader())


def base64_of(content: bytes) -> str:
    return base64.b64encode(content).decode()


async def test_shows_what_the_file_says_under_its_name() -> None:
    content = base64_of(b"Ada Grace")
    assert await parse_file(content=content, name="people.json", format=FileFormat.JSON) == ParsedFile(
        file_name="people.json",
        file_format=FileFormat.JSON,
        parsed_data=["Ada", "Grace"],
        row_count=2,
        preview="2 words",
    )


async def test_a_text_has_no_rows() -> None:
    parsed = await parse_file(content=base64_of(b"Ada"), name="ada.txt", format=FileFormat.TXT)
    assert (parsed.parsed_data, parsed.row_count) == ("Ada", None)


async def test_an_unreadable_file_is_refused_as_such() -> None:
    with pytest.raises(FileUnreadable) as refusal:
        await parse_file(content="data:text/plain;base64,", name="empty.txt", format=FileFormat.TXT)
    assert refusal.value.code == "PARSE_ERROR"


@given(st.binary(min_size=1), st.integers(1, 80))
def test_line_ends_and_blanks_do_not_count(content: bytes, width: int) -> None:
    assert decoded(base64_of(content)) == content
    assert decoded("\r\n".join(textwrap.wrap(base64_of(content), width)) + " \t\n") == content


@pytest.mark.parametrize(
    "prefix", ["data:;base64,", "data:text/csv;base64,", "data:text/csv;charset=utf-8;base64,", "DATA:x/y;BASE64,\n"]
)
def test_a_data_url_is_understood(prefix: str) -> None:
    assert decoded(prefix + base64_of(b"Ada")) == b"Ada"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("QWR", "it is cut short, or its padding with = is wrong"),
        ("QWRh=", "it is cut short, or its padding with = is wrong"),
        ("QR==", "it is cut short, or its padding with = is wrong"),
        ("QWRh====", "it is cut short, or its padding with = is wrong"),
        ("QQ", "it is cut short, or its padding with = is wrong"),
        ("QQ==QQ==", "it is cut short, or its padding with = is wrong"),
        ("=QWRh", "it is cut short, or its padding with = is wrong"),
        ("name,age", "',' at position 5 does not belong to its alphabet"),
        ("QW-_", "'-' at position 3 does not belong to its alphabet"),
        ("QWRé", "'é' at position 4 does not belong to its alphabet"),
        ("QW\N{NO-BREAK SPACE}Rh", "'\\xa0' at position 3 does not belong to its alphabet"),
        ("data:text/plain,Ada", "':' at position 5 does not belong to its alphabet"),
        ("QUFBdata:;base64,QUFB", "':' at position 9 does not belong to its alphabet"),
        ("data:;base64,Q!==", "'!' at position 15 does not belong to its alphabet"),
    ],
)
def test_anything_else_is_refused_with_its_place(content: str, reason: str) -> None:
    with pytest.raises(Invalid, match="fileContent is not valid base64") as refusal:
        decoded(content)
    (fault,) = refusal.value.faults
    assert (fault.path, fault.code) == (("fileContent",), "invalid_base64")
    assert refusal.value.code == "VALIDATION_ERROR"
    assert fault.message.endswith(f": {reason}")


@pytest.mark.parametrize("content", ["", " ", "\r\n"])
def test_no_content_is_required_content(content: str) -> None:
    with pytest.raises(Invalid) as refusal:
        decoded(content)
    assert [fault.code for fault in refusal.value.faults] == ["required"]


def test_files_have_a_largest_size() -> None:
    assert len(decoded(base64_of(bytes(LARGEST_BYTES)))) == LARGEST_BYTES
    with pytest.raises(Invalid, match="larger than 10 MiB"):
        decoded(base64_of(bytes(LARGEST_BYTES + 1)))
