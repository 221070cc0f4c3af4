"""Redaction of the database's URL and password, which drivers put into their messages."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from hpotrial import protocol


@dataclass(frozen=True, slots=True, repr=False)
class Redaction:
    """The secrets to replace, longest first."""

    secrets: tuple[str, ...]

    @classmethod
    def of_uri(cls, uri: str) -> Redaction:
        try:
            password = urlsplit(uri.strip()).password or ""
        except ValueError:  # not a URL: no connection is possible, and the whole of it is a secret
            password = ""
        spellings = {uri, uri.strip(), protocol.driver_url(uri), password, unquote(password)}
        return cls(tuple(sorted((secret for secret in spellings if secret), key=len, reverse=True)))

    def apply(self, text: str) -> str:
        for secret in self.secrets:
            text = text.replace(secret, "[redacted]")
        return text
