"""A box that anybody could open."""

from application.ports.secret_box import Sealed, SecretUnreadable


class FakeSecretBox:
    """`ring` names its keys, the first seals."""

    def __init__(self, *ring: str) -> None:
        self._ring = ring or ("k1",)
        self.current = self._ring[0]
        self._seals = 0

    def seal(self, secret: str, *, binding: str) -> Sealed:
        self._seals += 1
        return Sealed(text=f"{self.current}|{self._seals}|{binding}|{secret[::-1]}", ring_key=self.current)

    def open(self, sealed: str, *, binding: str) -> str:
        name, _, rest = sealed.partition("|")
        _, bound, hidden = rest.split("|", 2) if rest.count("|") >= 2 else ("", "", "")
        if name not in self._ring or bound != binding:
            raise SecretUnreadable("It cannot be opened")
        return hidden[::-1]
