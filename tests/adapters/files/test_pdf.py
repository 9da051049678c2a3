"""PDFs are read where they can do no harm."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.files import pdf_extractor
from adapters.files.pdf_file import FILES_PER_PROCESS, PdfReader
from domain.errors import Unavailable
from domain.files.errors import FileUnreadable
from tests.adapters.files.pdf_writer import a_page, a_pdf, a_stream, written

CATALOGUE = b"<</Type/Catalog/Pages 2 0 R>>"
ONE_PAGE = b"<</Type/Pages/Count 1/Kids[4 0 R]>>"
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"
HELLO = b"BT /F1 12 Tf 72 720 Td (Hello) Tj ET"
LATE = "could not be read within 0.5 seconds"
BROKEN = "breaks its reader"


@pytest.fixture(scope="module")
def reader() -> Iterator[PdfReader]:
    one = PdfReader(processes=2)
    yield one
    one.close()


@pytest.fixture
def alone() -> Iterator[PdfReader]:
    one = PdfReader(processes=1, limit_seconds=0.5)
    yield one
    one.close()


def pid_of(reader: PdfReader) -> int:
    (desk,) = reader._desks
    assert desk._process is not None
    return desk._process.pid


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def growing_forms() -> bytes:
    """A form that draws another one twice, which draws another one twice…: 700 bytes ask for 2^40 letters."""
    head = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources"
    forms = [a_stream(b"/X Do /X Do", head + b"<</XObject<</X %d 0 R>>>>" % (7 + at)) for at in range(40)]
    last = a_stream(HELLO, head + b"<</Font<</F1 3 0 R>>>>")
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Resources<</XObject<</X 6 0 R>>>>/Contents 5 0 R>>"
    return written([CATALOGUE, ONE_PAGE, FONT, page, a_stream(b"/X Do"), *forms, last])


def growing_stream() -> bytes:
    """One stream of ten million blanks, a thousand times on one page: ten gigabytes in twenty kilobytes."""
    contents = a_page("[" + "5 0 R " * 1000 + "]")
    return written([CATALOGUE, ONE_PAGE, FONT, contents, a_stream(b" " * 10_000_000)])


def test_pages_become_one_text(reader: PdfReader) -> None:
    content = reader.read(a_pdf(["Grüße an Ada, 5 €", "second line"], [], ["page three"]))
    assert content.value == "Grüße an Ada, 5 €\nsecond line\n\npage three"
    assert content.row_count is None
    assert content.preview == "4 lines, 41 characters, 3 pages"


def test_hyphens_at_line_ends_stay(reader: PdfReader) -> None:
    assert reader.read(a_pdf(["well-", "known"])).value == "well-\nknown"


LINES = st.text("abcxyzÄÖüß€0189", min_size=4, max_size=20)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(pages=st.lists(st.lists(LINES, min_size=1, max_size=5), min_size=1, max_size=4))
def test_what_was_written_is_read(reader: PdfReader, pages: list[list[str]]) -> None:
    assert reader.read(a_pdf(*pages)).value == "\n\n".join("\n".join(lines) for lines in pages)


def test_encrypted_without_a_password_to_open_it_is_readable(reader: PdfReader) -> None:
    assert reader.read(a_pdf(["for everybody"], password="")).value == "for everybody"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (a_pdf(["secret"], password="x"), "is password-protected"),
        (a_pdf([], []), "has no text in it, only pictures perhaps"),
        (b"", "The file is empty"),
        (b"name,age\nAda,36\n", "is not a PDF, or is damaged"),
        (a_pdf(["Ada"])[:300], "is not a PDF, or is damaged"),
        (os.urandom(1000), "is not a PDF, or is damaged"),
        (
            written([CATALOGUE, b"<</Type/Pages/Count 2001/Kids[%b]>>" % (b"4 0 R " * 2001), FONT, a_page(5)]),
            "has 2001 pages; at most 2000",
        ),
        (a_pdf(*[["x" * 9000] * 100] * 6), "more than 5000000 characters up to page 6"),
    ],
)
def test_what_has_no_text_for_us_is_refused_in_words(reader: PdfReader, content: bytes, reason: str) -> None:
    with pytest.raises(FileUnreadable, match=reason):
        reader.read(content)


def test_a_page_count_that_lies_does_no_harm(reader: PdfReader) -> None:
    pages = b"<</Type/Pages/Count 1999999999/Kids[4 0 R]>>"
    assert reader.read(written([CATALOGUE, pages, FONT, a_page(5), a_stream(HELLO)])).value == "Hello"


def test_gives_up_on_what_takes_too_long_and_goes_on_reading(alone: PdfReader) -> None:
    began = time.monotonic()
    with pytest.raises(FileUnreadable, match=LATE):
        alone.read(growing_forms())
    assert time.monotonic() - began < 5
    assert alone.read(a_pdf(["Ada"])).value == "Ada"


def test_gives_up_on_what_needs_too_much_memory_and_goes_on_reading(reader: PdfReader) -> None:
    with pytest.raises(FileUnreadable, match=BROKEN):
        reader.read(growing_stream())
    assert reader.read(a_pdf(["Ada"])).value == "Ada"


def test_a_process_that_does_not_even_listen_is_given_up(alone: PdfReader) -> None:
    alone.read(a_pdf(["Ada"]))
    os.kill(pid_of(alone), signal.SIGSTOP)
    with pytest.raises(FileUnreadable, match=LATE):
        alone.read(a_pdf(["Ada"]) + bytes(1_000_000))
    assert alone.read(a_pdf(["Grace"])).value == "Grace"


def test_a_killed_process_is_replaced_without_anybody_noticing(alone: PdfReader) -> None:
    alone.read(a_pdf(["Ada"]))
    killed = pid_of(alone)
    os.kill(killed, signal.SIGKILL)
    assert alone.read(a_pdf(["Grace"])).value == "Grace"
    assert pid_of(alone) != killed
    assert not is_alive(killed)


def test_processes_retire(alone: PdfReader) -> None:
    pids = []
    for _ in range(FILES_PER_PROCESS + 1):
        alone.read(a_pdf(["Ada"]))
        pids.append(pid_of(alone))
    assert [pids.count(each) for each in dict.fromkeys(pids)] == [FILES_PER_PROCESS, 1]


def test_the_process_knows_no_secrets(alone: PdfReader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REX_TEST_SECRET", "hunter2")
    alone.read(a_pdf(["Ada"]))
    process = Path(f"/proc/{pid_of(alone)}")
    assert b"hunter2" not in (process / "environ").read_bytes()
    assert len(list((process / "fd").iterdir())) == 3


def test_threads_take_turns(reader: PdfReader) -> None:
    with ThreadPoolExecutor(8) as threads:
        contents = threads.map(lambda at: reader.read(a_pdf([f"file {at}"])), range(60))
    assert [content.value for content in contents] == [f"file {at}" for at in range(60)]


def test_starts_nothing_before_the_first_file_and_nothing_after_it_was_closed() -> None:
    one = PdfReader(processes=1)
    (desk,) = one._desks
    assert desk._process is None
    one.read(a_pdf(["Ada"]))
    pid = pid_of(one)
    one.close()
    assert not is_alive(pid)
    with pytest.raises(Unavailable):
        one.read(a_pdf(["Ada"]))
    one.close()


def test_closing_ends_a_file_that_is_being_read() -> None:
    one = PdfReader(processes=1)
    one.read(a_pdf(["Ada"]))
    os.kill(pid_of(one), signal.SIGSTOP)
    with ThreadPoolExecutor(1) as threads:
        reading = threads.submit(one.read, a_pdf(["Grace"]))
        one.close()
        with pytest.raises((FileUnreadable, Unavailable)):
            reading.result(timeout=5)


def test_a_process_that_outlives_its_parent_ends_by_itself() -> None:
    file = growing_forms()
    orphan = subprocess.run(
        [sys.executable, "-I", pdf_extractor.__file__, "1"],
        input=len(file).to_bytes(8, "big") + file,
        capture_output=True,
        timeout=10,
    )
    assert orphan.returncode == -signal.SIGALRM
