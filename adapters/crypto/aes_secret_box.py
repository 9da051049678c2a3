"""AES-256-GCM (NIST SP 800-38D) with a ring of keys.

A sealed text is `<key>.<base64url of nonce, ciphertext and tag>`. The nonce has 96 random bits: with one
key, collisions are to be feared after some 2**32 seals, which no ring of provider keys comes near.
"""

import base64
import binascii
import hashlib
import os
from collections.abc import Mapping
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from application.ports.secret_box import Sealed, SecretUnreadable

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12


class AesSecretBox:
    """`ring` maps names to keys of 32 bytes; the first seals. `binding` is the associated data.

    A key is known by its name and the beginning of its digest: another key under an old name is another key.
    """

    def __init__(self, ring: Mapping[str, bytes]) -> None:
        self._ciphers = {f"{name}~{hashlib.sha256(key).hexdigest()[:8]}": AESGCM(key) for name, key in ring.items()}
        self.current = next(iter(self._ciphers))

    def seal(self, secret: str, *, binding: str) -> Sealed:
        nonce = os.urandom(NONCE_BYTES)
        hidden = self._ciphers[self.current].encrypt(nonce, secret.encode(), binding.encode())
        return Sealed(text=f"{self.current}.{base64.urlsafe_b64encode(nonce + hidden).decode()}", ring_key=self.current)

    def open(self, sealed: str, *, binding: str) -> str:
        name, _, text = sealed.partition(".")
        cipher = self._ciphers.get(name)
        if cipher is None:
            raise SecretUnreadable(f'A secret was sealed with the key "{name}", which is not in ENCRYPTION_KEYS')
        try:
            hidden = base64.b64decode(text, altchars=b"-_", validate=True)
            return cipher.decrypt(hidden[:NONCE_BYTES], hidden[NONCE_BYTES:], binding.encode()).decode()
        except (binascii.Error, ValueError, InvalidTag) as failure:
            raise SecretUnreadable(
                "A stored secret cannot be opened: it was altered, or its key is another"
            ) from failure
