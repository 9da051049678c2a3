from domain.errors import Conflict, Invalid, NotFound, Unauthenticated


class EmailTaken(Conflict):
    code = "USER_EXISTS"

    def __init__(self) -> None:
        super().__init__("User with this email already exists")


class WrongCredentials(Unauthenticated):
    """The same words for an unknown address and a wrong password, so that neither gives the other away."""

    code = "INVALID_CREDENTIALS"

    def __init__(self) -> None:
        super().__init__("Invalid email or password")


class InvalidToken(Unauthenticated):
    def __init__(self) -> None:
        super().__init__("Invalid or expired token")


class UserNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("User not found")


class NoAccountYet(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no account yet")


class WhoseAccount(Invalid):
    def __init__(self) -> None:
        super().__init__("There are several accounts, so it has to be said whose is meant")
