"""Every file is one line of UTF-8."""

from application.ports.file_reader import FileContent
from domain.files.errors import FileUnreadable
from domain.files.file_format import FileFormat


class FakeFileReader:
    async def read(self, content: bytes, file_format: FileFormat) -> FileContent:
        """A csv and a json are a list of the line's words, everything else is the line."""
        if not content:
            raise FileUnreadable("The file is empty")
        line = content.decode()
        if file_format in (FileFormat.CSV, FileFormat.JSON):
            words = line.split()
            return FileContent(value=[*words], row_count=len(words), preview=f"{len(words)} words")
        return FileContent(value=line, preview="1 line")
