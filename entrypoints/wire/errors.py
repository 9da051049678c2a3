from domain.errors import Invalid


class Unreadable(Invalid):
    """What was sent is no JSON that REX takes, whatever it may mean."""

    code = "BAD_REQUEST"
