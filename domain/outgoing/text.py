"""Bytes of an answer as text."""

import re
from typing import Final

_CHARSET: Final = re.compile(r";\s*charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_KNOWN: Final = re.compile(
    r"(utf-?(8|16|32)([_-]?[lb]e)?|(us-)?ascii|iso-?8859-\d{1,2}|latin-?\d|windows-125\d|cp125\d|koi8-[ru]|shift_jis"
    r"|euc-(jp|kr)|gbk?|gb2312|gb18030|big5)\Z",
    re.IGNORECASE,
)
"""Python knows more codecs, some of which are slow or not character sets at all."""


def text_of_body(body: bytes, content_type: str) -> str:
    """By the charset that the content type names, else UTF-8; what cannot be read becomes U+FFFD."""
    named = _CHARSET.search(content_type)
    charset = named[1] if named and _KNOWN.match(named[1]) else "utf-8"
    try:
        return body.decode(charset, "replace").removeprefix("\ufeff")
    except LookupError:
        return body.decode("utf-8", "replace").removeprefix("\ufeff")
