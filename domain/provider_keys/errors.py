from domain.errors import Conflict, NotFound
from domain.provider_keys.provider_key import MAX_KEYS


class ProviderKeyNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("Provider key not found")


class TooManyProviderKeys(Conflict):
    code = "TOO_MANY_KEYS"

    def __init__(self) -> None:
        super().__init__(f"There are {MAX_KEYS} provider keys already: delete one that is not used any more")
