"""The address of a database, which never prints its secret. `observe` builds it from a Secret for `connection`."""

from __future__ import annotations

import hashlib
from urllib.parse import parse_qs, unquote, urlsplit

from hposweep.database.certificates import CertificateFile
from hpotrial.protocol import database_url, driver_url
from hpotrial.protocol.tls import Tls

DEFAULT_PORT = 5432
DATABASE_ID_CHARACTERS = 12  # of a hash: enough to tell the databases of one operator apart


class Dsn:
    """A PostgreSQL URL. `repr` and `str` show host, port and database, without user, password and options."""

    __slots__ = ("_certificate", "_parts", "_uri")

    def __init__(self, uri: str, certificate: CertificateFile | None = None) -> None:
        """Parse the URL, and keep the file that it names as long as this address is in use.

        Raises ValueError with a message that contains no part of the URL but a known scheme.
        """
        self._uri, self._certificate = uri.strip(), certificate
        problem = database_url.problem(self._uri)
        if problem:
            raise ValueError(problem)
        try:
            self._parts = urlsplit(self._uri)
        except ValueError:  # characters that look like others
            raise ValueError(f"is not a URL; it must look like {database_url.EXAMPLE}") from None

    def secured(self, mode: str, certificate: CertificateFile | None) -> Dsn:
        """Return the address with the TLS that a spec demands. Raises ValueError when the URL demands the contrary."""
        tls = Tls(mode, certificate.path if certificate is not None else "")
        problem = tls.problem(self._uri)
        if problem:
            raise ValueError(problem)
        return Dsn(tls.secured(self._uri), certificate)

    def reveal(self) -> str:
        """Return the URL for libpq, with its secret: for `connect` only."""
        return f"postgresql://{self._uri.partition('://')[2]}"

    def reveal_for_optuna(self) -> str:
        """Return the URL for SQLAlchemy, with its secret: for Optuna's storage only."""
        return driver_url(self._uri)

    @property
    def host(self) -> str:
        """Return the host that libpq connects to; "" or a path for a Unix socket."""
        return database_url.host(self._uri)

    @property
    def server(self) -> str:
        """Name the server as libpq does."""
        host = self._parts.hostname
        return f'server at "{host}", port {self._parts.port or DEFAULT_PORT}' if host else "server"

    @property
    def location(self) -> str:
        """Return `HOST:PORT/DATABASE`, without credentials."""
        port = f":{self._parts.port}" if self._parts.port else ""
        return f"{self._parts.hostname or 'local'}{port}{self._parts.path}"

    @property
    def login(self) -> str:
        """Return the role of the URL; libpq takes that of its process when there is none."""
        query = parse_qs(self._parts.query)
        return unquote(self._parts.username or "") or query.get("user", ["THE-LOGIN"])[-1]

    @property
    def sslmode(self) -> str:
        """Return what the URL says about TLS; "" when it says nothing."""
        return parse_qs(self._parts.query).get("sslmode", [""])[-1]

    @property
    def database_id(self) -> str:
        """Return a name of the database that shows neither host nor credentials: equal for all logins to it."""
        query = parse_qs(self._parts.query)
        host = self._parts.hostname or query.get("host", ["local"])[0]
        port = self._parts.port or query.get("port", [str(DEFAULT_PORT)])[0]
        place = f"{host}:{port}/{unquote(self._parts.path.strip('/'))}"
        return hashlib.sha256(place.encode("utf-8", "replace")).hexdigest()[:DATABASE_ID_CHARACTERS]

    def redact(self, text: str) -> str:
        """Return `text` with each secret part of the URL replaced."""
        for secret in (self._uri, self.reveal(), self.reveal_for_optuna(), *database_url.secrets(self._uri)):
            text = text.replace(secret, "***")
        return text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Dsn) and other._uri == self._uri

    def __hash__(self) -> int:
        return hash(self._uri)

    def __repr__(self) -> str:
        return f"Dsn({self.location})"
