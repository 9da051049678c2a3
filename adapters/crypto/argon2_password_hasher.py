"""Argon2id (RFC 9106) for passwords."""

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

MEMORY_KIB = 19 * 1024
PASSES = 2
LANES = 1


class Argon2PasswordHasher:
    """19 MiB, two passes, one lane. Hashing runs in threads of its own, so that logins cannot starve other work."""

    def __init__(self, *, threads: int = 2) -> None:
        self._argon2 = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES, type=Type.ID)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="argon2")
        self._decoy = self._argon2.hash(secrets.token_hex(16))

    async def hash(self, password: str) -> str:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._argon2.hash, password)

    async def verify(self, password: str, hashed: str | None) -> bool:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._verify, password, hashed)

    def _verify(self, password: str, hashed: str | None) -> bool:
        """Against nobody's hash it takes as long as against a real one."""
        return self._is_genuine(password, hashed or self._decoy) and hashed is not None

    def _is_genuine(self, password: str, hashed: str) -> bool:
        try:
            return self._argon2.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False
