"""The formats that REX reads."""

from enum import StrEnum


class FileFormat(StrEnum):
    CSV = "csv"
    JSON = "json"
    TXT = "txt"
    PDF = "pdf"
