"""Secrets from the operating system's generator."""

import secrets


class SystemSecrets:
    def new(self) -> str:
        return secrets.token_urlsafe(32)
