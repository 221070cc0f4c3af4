"""The address of a database, which never prints its secret. `observe` builds it from a Secret for `connection`."""

from __future__ import annotations

import hashlib
from urllib.parse import parse_qs, unquote, urlsplit

from hpotrial.protocol import driver_url

SCHEMES = ("postgresql", "postgres", "postgresql+psycopg2")
DEFAULT_PORT = 5432
DATABASE_ID_CHARACTERS = 12  # of a hash: enough to tell the databases of one operator apart
EXAMPLE = "postgresql://USER:PASSWORD@HOST:5432/DATABASE"


class Dsn:
    """A PostgreSQL URL. `repr` and `str` show host, port and database, without user, password and options."""

    __slots__ = ("_parts", "_uri")

    def __init__(self, uri: str) -> None:
        """Parse the URL. Raises ValueError with a message that contains no part of the URL but its scheme."""
        self._uri = uri.strip()
        try:
            self._parts = urlsplit(self._uri)
            _ = self._parts.port
        except ValueError:
            raise ValueError(f"is not a URL; it must look like {EXAMPLE}") from None
        if self._parts.scheme.startswith("sqlite"):
            raise ValueError(
                "is an SQLite URL, which several workers cannot share (while one writes, the others wait); "
                f"it must look like {EXAMPLE}"
            )
        if self._parts.scheme not in SCHEMES:
            scheme = f"scheme `{self._parts.scheme}`" if self._parts.scheme else "no scheme"
            raise ValueError(f"has {scheme}; supported are {', '.join(SCHEMES)}, as in {EXAMPLE}")
        if not self._parts.path.strip("/"):
            raise ValueError(f"names no database; it must look like {EXAMPLE}")

    def reveal(self) -> str:
        """Return the URL for libpq, with its secret: for `connect` only."""
        return f"postgresql://{self._uri.partition('://')[2]}"

    def reveal_for_optuna(self) -> str:
        """Return the URL for SQLAlchemy, with its secret: for Optuna's storage only."""
        return driver_url(self._uri)

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
        password = self._parts.password or ""
        for secret in (self._uri, self.reveal(), self.reveal_for_optuna(), password, unquote(password)):
            text = text.replace(secret, "***") if secret else text
        return text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Dsn) and other._uri == self._uri

    def __hash__(self) -> int:
        return hash(self._uri)

    def __repr__(self) -> str:
        return f"Dsn({self.location})"
