"""Documents from files."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from domain.errors import Invalid
from domain.values.json import Json

MOST_BYTES: Final = 8 * 1024 * 1024
"""Of all files together: they travel inside one payload."""

LONGEST_TITLE: Final = 255


def documents_in(paths: Sequence[Path]) -> list[Json]:
    """One document for each text file, those below directories included, in the order of their names.

    Hidden and empty files are left out. Raise Invalid for what is no text or cannot be read, or for too much.
    """
    left = MOST_BYTES
    documents: list[Json] = []
    for title, path in _files(paths):
        left -= path.stat().st_size
        if left < 0:
            raise Invalid(f"The documents hold more than {MOST_BYTES} bytes: put them into a corpus instead")
        if content := _text(path).strip():
            documents.append({"title": title[-LONGEST_TITLE:], "content": content})
    return documents


def _files(paths: Sequence[Path]) -> Iterator[tuple[str, Path]]:
    for path in paths:
        if path.is_dir():
            inside = sorted(each for each in path.rglob("*") if each.is_file())
            names = [(each.relative_to(path), each) for each in inside]
            yield from ((str(name), each) for name, each in names if not any(p.startswith(".") for p in name.parts))
        else:
            yield path.name, path


def _text(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as failure:
        raise Invalid(f"{path} cannot be read as text: {failure}") from failure
    if "\0" in text:
        raise Invalid(f"{path} is no text")
    return text
