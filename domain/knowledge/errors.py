"""Refusals about knowledge."""

from domain.errors import Conflict, Invalid, NotFound, Unavailable


class CorpusNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("Knowledge corpus not found")


class CorpusOutOfScope(Conflict):
    """What is kept there would not be found by whoever looks in that scope."""

    code = "CORPUS_OUT_OF_SCOPE"

    def __init__(self) -> None:
        super().__init__("The corpus does not belong to the workflow or run that the scope names")


class DocumentNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("Knowledge document not found")


class EmbeddingRefused(Conflict):
    """The embedder will not do this: a wrong key, an unknown model, vectors of another size. It fails again."""

    code = "EMBEDDING_REFUSED"


class EmbeddingUnavailable(Unavailable):
    """No usable vectors came; later they may."""

    code = "EMBEDDING_UNAVAILABLE"


class NothingToFind(Invalid):
    """A document without any text, or of more chunks than one document may have."""


class SameContent(Conflict):
    """Another document of the corpus has this text already."""

    code = "DUPLICATE_DOCUMENT"

    def __init__(self) -> None:
        super().__init__("Another document of this corpus has the same content; allowDuplicates lets both be")
