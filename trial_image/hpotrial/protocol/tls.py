"""The TLS that `storage.tls` of a spec demands, added to a database URL. Operator and worker do it alike.

libpq then refuses a connection that does not fulfil it, at each attempt. A URL that demands the contrary is refused
with a sentence, because otherwise one of two instructions would be ignored.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

from hpotrial import protocol
from hpotrial.protocol import database_url

REQUIRE, VERIFY_FULL = "Require", "VerifyFull"
_CLEARTEXT_MODES = ("disable", "allow", "prefer")  # of `sslmode`: with these libpq connects without TLS as well
_STRICTER_MODES = ("verify-ca", "verify-full")
# Without a check of the certificate the server may be another one, which would ask for the password in clear.
PASSWORD_PROOF = "scram-sha-256"  # noqa: S105  # a method of authentication, not a password


@dataclass(frozen=True, slots=True)
class Tls:
    """What is demanded, and the file with the certificates of the authorities that are trusted."""

    mode: str
    ca_file: str = ""

    @classmethod
    def of_environ(cls, environ: Mapping[str, str]) -> Tls | None:
        """Return what a worker's environment demands; None when its URL alone decides."""
        mode = environ.get(protocol.TLS_MODE_ENV)
        return cls(mode, environ.get(protocol.CA_FILE_ENV, "")) if mode else None

    def problem(self, url: str) -> str:
        """Return what is wrong with a URL that can be used otherwise, to follow its name; "" for none."""
        values = _values(url)
        mode, encryption = values.get("sslmode", ""), values.get("gssencmode", "disable")
        if mode in _CLEARTEXT_MODES:
            return f"has `sslmode={mode}`, and `tls.mode` is {self.mode}; remove `sslmode` from the URL"
        if encryption != "disable":
            return f"has the option `gssencmode`, and `tls.mode` is {self.mode}; remove `gssencmode` from the URL"
        if self.mode == VERIFY_FULL and "sslrootcert" in values:
            return "has the option `sslrootcert`, and `tls.caRef` names the certificate; remove `sslrootcert`"
        if database_url.is_socket(database_url.host(url)):
            return f"names no host but a Unix socket, which has no TLS, and `tls.mode` is {self.mode}; name the host"
        return ""

    def secured(self, url: str) -> str:
        """Return the URL with the options of libpq that enforce it."""
        base, _, query = url.strip().partition("?")
        values = _values(url)
        options = {"gssencmode": "disable"}  # else a ticket of Kerberos would replace TLS
        if self.mode == VERIFY_FULL:
            options |= {"sslmode": "verify-full", "sslrootcert": self.ca_file}
        elif values.get("sslmode") not in _STRICTER_MODES:
            options |= {"sslmode": "require", "require_auth": values.get("require_auth", PASSWORD_PROOF)}
        kept = [pair for pair in query.split("&") if pair and pair.partition("=")[0] not in options]
        own = [f"{name}={quote(value, safe='/')}" for name, value in options.items()]
        return f"{base}?{'&'.join([*kept, *own])}"


def take_url(environ: MutableMapping[str, str]) -> str:
    """Remove the database's URL from a worker's environment, which the user's code inherits, and return it."""
    urls = [environ.pop(name, "") for name in (protocol.STORAGE_URL_ENV, protocol.TLS_STORAGE_URL_ENV)]
    return next(filter(None, urls), "")


def _values(url: str) -> dict[str, str]:
    """Return the options of the URL, of a repeated one the last, as libpq reads them."""
    pairs = (pair.partition("=") for pair in url.strip().partition("?")[2].split("&"))
    return {name: unquote(value) for name, _, value in pairs if name}
