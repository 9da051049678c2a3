"""A hasher that takes no time."""


class FakePasswordHasher:
    async def hash(self, password: str) -> str:
        return f"hashed {password}"

    async def verify(self, password: str, hashed: str | None) -> bool:
        return hashed == f"hashed {password}"
