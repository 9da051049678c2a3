from domain.errors import Invalid


class FileUnreadable(Invalid):
    """The content is not what the format promises, or more of it than REX reads.

    The message is for people: what is wrong, where (row, line, page) when that is known, and what to do.
    """

    code = "PARSE_ERROR"
