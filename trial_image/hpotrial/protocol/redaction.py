"""Redaction of the database's URL and password, which drivers put into their messages."""

from __future__ import annotations

from dataclasses import dataclass

from hpotrial import protocol
from hpotrial.protocol import database_url


@dataclass(frozen=True, slots=True, repr=False)
class Redaction:
    """The secrets to replace, longest first."""

    secrets: tuple[str, ...]

    @classmethod
    def of_uri(cls, uri: str) -> Redaction:
        spellings = {uri, uri.strip(), protocol.driver_url(uri), *database_url.secrets(uri)}
        return cls(tuple(sorted((secret for secret in spellings if secret), key=len, reverse=True)))

    def apply(self, text: str) -> str:
        for secret in self.secrets:
            text = text.replace(secret, "[redacted]")
        return text
