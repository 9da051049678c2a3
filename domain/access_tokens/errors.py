from domain.access_tokens.access_token import MAX_TOKENS, Scope
from domain.errors import Conflict, Forbidden, NotFound


class AccessTokenNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("Access token not found")


class TooManyAccessTokens(Conflict):
    code = "TOO_MANY_TOKENS"

    def __init__(self) -> None:
        super().__init__(f"There are {MAX_TOKENS} access tokens already: delete one that is not used any more")


class ScopeMissing(Forbidden):
    def __init__(self, needed: Scope) -> None:
        super().__init__(f'This access token lacks the scope "{needed}"')


class PersonNeeded(Forbidden):
    """Some things are never done by a program: with them a stolen token could make itself permanent."""

    def __init__(self) -> None:
        super().__init__("Access tokens cannot do this: sign in with a password")
