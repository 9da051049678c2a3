"""Plain text."""

from adapters.files.text import counted, decoded
from application.ports.file_reader import FileContent


def read_txt(content: bytes) -> FileContent:
    """The text as it is, without its byte order mark."""
    text = decoded(content)
    return FileContent(value=text.text, preview=counted(text.text) + text.remark)
