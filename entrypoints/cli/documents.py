"""Documents from files."""

import codecs
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from domain.errors import Fault, Invalid
from domain.values.json import Json
from entrypoints.cli.output import say

MOST_BYTES: Final = 8 * 1024 * 1024
"""Of all files together: they travel inside one payload."""

LONGEST_TITLE: Final = 255


class NoText(Exception):
    """Why a file cannot be a document."""


def documents_in(paths: Sequence[Path], *, remark: Callable[[str], None] = say) -> list[Json]:
    """One document for each text file, those below directories included, in the order of their names.

    Hidden files are left out. So are empty ones, and what is no text below a directory, with a remark. Raise Invalid
    for a path that is no text itself, for too much, and where nothing at all is left.
    """
    left = MOST_BYTES
    documents: list[Json] = []
    for title, path, is_named in _files(paths):
        try:
            text, size = _text(path, left)
        except NoText as reason:
            if is_named:
                raise Invalid(f"{_shown(path)} {reason}") from reason
            remark(f"{_shown(path)} {reason}: it is left out")
            continue
        left -= size
        if text:
            documents.append({"title": _shown(title)[-LONGEST_TITLE:], "content": text})
        else:
            remark(f"{_shown(path)} is empty: it is left out")
    if paths and not documents:
        where = ", ".join(_shown(path) for path in paths)
        raise Invalid(faults=[Fault(("docs",), "required", f"There is no text in {where}")])
    return documents


def _files(paths: Sequence[Path]) -> Iterator[tuple[Path, Path, bool]]:
    """Titles and paths, and whether the path itself was named."""
    for path in paths:
        if not path.is_dir():
            yield Path(path.name), path, True
            continue
        for inside in sorted(each for each in path.rglob("*") if each.is_file()):
            name = inside.relative_to(path)
            if not any(part.startswith(".") for part in name.parts):
                yield name, inside, False


def _text(path: Path, most: int) -> tuple[str, int]:
    """The text and how many bytes it took. No more is read than is allowed: pipes have no size, and files may grow.

    Raise NoText, or Invalid for a text that is too long.
    """
    try:
        if not _is_readable(path.stat().st_mode):
            raise NoText("is neither a file nor a pipe")
        with path.open("rb") as file:
            content = file.read(most + 1)
        is_whole = len(content) <= most
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(content, final=is_whole)
    except (OSError, UnicodeDecodeError) as failure:
        raise NoText(f"cannot be read as text ({failure})") from failure
    if "\0" in text:
        raise NoText("is no text")
    if not is_whole:
        raise Invalid(f"The documents hold more than {MOST_BYTES} bytes: put them into a corpus instead")
    return text.strip(), len(content)


def _is_readable(mode: int) -> bool:
    """Devices may never end."""
    return stat.S_ISREG(mode) or stat.S_ISFIFO(mode)


def _shown(path: Path) -> str:
    """Names of files are bytes, which need not spell anything."""
    return str(path).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
