"""Refusals about knowledge."""

from domain.errors import NotFound


class CorpusNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("Knowledge corpus not found")


class DocumentNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("Knowledge document not found")
