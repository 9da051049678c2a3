"""Files are read next to the event loop, a few at a time."""

import asyncio
from collections.abc import Iterator

import pytest

from adapters.files.threaded_file_reader import ThreadedFileReader
from application.ports.file_reader import FileReader
from domain.errors import Unavailable
from domain.files.errors import FileUnreadable
from domain.files.file_format import FileFormat
from tests.adapters.files.pdf_writer import a_pdf
from tests.adapters.files.test_pdf import LATE, growing_forms
from tests.fakes.file_reader import FakeFileReader


@pytest.fixture
def reader() -> Iterator[ThreadedFileReader]:
    one = ThreadedFileReader(at_once=1, most_waiting=1, pdf_limit_seconds=0.5)
    yield one
    one.close()


@pytest.fixture(params=["fake", "threaded"])
def either(request: pytest.FixtureRequest, reader: ThreadedFileReader) -> FileReader:
    return FakeFileReader() if request.param == "fake" else reader


async def test_the_format_decides(reader: FileReader) -> None:
    csv, json = b"a,b\n1,2\n", b'{"a": 1}'
    assert (await reader.read(csv, FileFormat.CSV)).value == [{"a": "1", "b": "2"}]
    assert (await reader.read(csv, FileFormat.TXT)).value == "a,b\n1,2\n"
    assert (await reader.read(json, FileFormat.JSON)).value == {"a": 1}
    assert (await reader.read(a_pdf(["Ada"]), FileFormat.PDF)).value == "Ada"


@pytest.mark.parametrize("file_format", FileFormat)
async def test_nothing_is_unreadable_in_any_format(either: FileReader, file_format: FileFormat) -> None:
    with pytest.raises(FileUnreadable, match="The file is empty"):
        await either.read(b"", file_format)


@pytest.mark.parametrize("file_format", [FileFormat.CSV, FileFormat.TXT])
async def test_only_lists_have_rows(either: FileReader, file_format: FileFormat) -> None:
    content = await either.read(b"Ada", file_format)
    assert (content.row_count is not None) == isinstance(content.value, list)


async def test_slow_pdfs_keep_neither_texts_nor_the_loop_waiting(reader: FileReader) -> None:
    slow = asyncio.create_task(reader.read(growing_forms(), FileFormat.PDF))
    await asyncio.sleep(0)
    assert (await reader.read(b"Ada", FileFormat.TXT)).value == "Ada"
    assert not slow.done()
    with pytest.raises(FileUnreadable, match=LATE):
        await slow


async def test_the_loop_turns_while_a_long_text_is_read(reader: FileReader) -> None:
    reading = asyncio.create_task(reader.read(b"name,age\n" + b"Ada,36\n" * 200_000, FileFormat.CSV))
    turns = 0
    while not reading.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert (await reading).row_count == 200_000
    assert turns > 5


async def test_too_many_at_a_time_are_refused_and_later_ones_are_not(reader: FileReader) -> None:
    attempts = [reader.read(a_pdf([f"file {at}"]), FileFormat.PDF) for at in range(4)]
    answers = await asyncio.gather(*attempts, return_exceptions=True)
    assert [isinstance(answer, Unavailable) for answer in answers] == [False, False, True, True]
    assert (await reader.read(a_pdf(["Ada"]), FileFormat.PDF)).value == "Ada"


async def test_who_need_not_wait_is_read_even_if_nobody_may_wait() -> None:
    unwaiting = ThreadedFileReader(at_once=1, most_waiting=0)
    assert (await unwaiting.read(b"Ada", FileFormat.TXT)).value == "Ada"
    unwaiting.close()


async def test_who_gives_up_keeps_the_thread_that_cannot_be_stopped(reader: FileReader) -> None:
    slow = asyncio.create_task(reader.read(growing_forms(), FileFormat.PDF))
    await asyncio.sleep(0.01)
    slow.cancel()
    with pytest.raises(asyncio.CancelledError):
        await slow
    waiting = asyncio.create_task(reader.read(a_pdf(["Ada"]), FileFormat.PDF))
    await asyncio.sleep(0)
    with pytest.raises(Unavailable):
        await reader.read(a_pdf(["Grace"]), FileFormat.PDF)
    assert (await waiting).value == "Ada"


@pytest.mark.parametrize("file_format", [FileFormat.TXT, FileFormat.PDF])
async def test_nothing_is_read_after_closing(reader: ThreadedFileReader, file_format: FileFormat) -> None:
    reader.close()
    with pytest.raises(Unavailable, match="shutting down"):
        await reader.read(b"Ada", file_format)


async def test_who_gives_up_makes_room(reader: FileReader) -> None:
    for _ in range(10):
        attempt = asyncio.create_task(reader.read(b"Ada", FileFormat.TXT))
        await asyncio.sleep(0)
        attempt.cancel()
        with pytest.raises(asyncio.CancelledError):
            await attempt
    assert (await reader.read(b"Ada", FileFormat.TXT)).value == "Ada"
