"""Passwords at rest."""

from adapters.crypto.argon2_password_hasher import Argon2PasswordHasher


async def test_knows_the_password_again_and_no_other() -> None:
    hasher = Argon2PasswordHasher()
    hashed = await hasher.hash("correct horse")
    assert await hasher.verify("correct horse", hashed)
    assert not await hasher.verify("correct horsE", hashed)


async def test_uses_argon2id_with_enough_memory_and_a_new_salt_each_time() -> None:
    hasher = Argon2PasswordHasher()
    first, second = await hasher.hash("x"), await hasher.hash("x")
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert first != second


async def test_says_no_to_a_hash_that_is_none_and_to_nobodys() -> None:
    hasher = Argon2PasswordHasher()
    assert not await hasher.verify("x", "no hash at all")
    assert not await hasher.verify("x", None)
