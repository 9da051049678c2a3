from litestar import Controller, post
from litestar.params import JSONBody

from application.files.parse_file import ParseFile
from domain.access_tokens.access_token import Scope
from entrypoints.http.admission import NEEDS
from entrypoints.http.envelope import Success, refusals, success
from entrypoints.http.schemas.files import FileToParse, ParsedFileRecord
from entrypoints.http.services import Given


class FileController(Controller):
    path = "/api/files"
    tags = ("files",)

    @post("/parse", status_code=200, opt={NEEDS: Scope.READ}, responses=refusals(400, 413, 415))
    async def parse(self, data: JSONBody[FileToParse], parse_file: Given[ParseFile]) -> Success[ParsedFileRecord]:
        """Show what REX makes of a file, without keeping it."""
        parsed = await parse_file(content=data.file_content, name=data.file_name, format=data.file_format)
        return success(ParsedFileRecord.of(parsed))
