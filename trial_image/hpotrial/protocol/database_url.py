"""What a database URL may be, in sentences that quote no part of it. Operator and worker check it before the driver.

The driver's own sentences quote the part that it cannot read, which is mostly a part of the password: `@` and `/` in a
password end it early. So a URL is refused here unless all parsers read it alike. Options that make the driver open
other files or other addresses than the URL shows are refused as well.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

SCHEMES = ("postgresql", "postgres", "postgresql+psycopg2")
EXAMPLE = "postgresql://USER:PASSWORD@HOST:5432/DATABASE"
MIN_SECRET_CHARACTERS = 4  # to replace a shorter password in a text would tell its letters
MAX_PORT = 65_535

# A scheme is named only when it is one of these: a text that is no URL may begin with a user or a token.
_DRIVERS = ("asyncpg", "psycopg", "psycopg2cffi", "pg8000", "pymysql", "mysqldb", "mysqlconnector", "aiosqlite")
_OTHER_SCHEMES = (
    "postgresql",
    "postgres",
    "mysql",
    "mariadb",
    "mssql",
    "oracle",
    "mongodb",
    "redis",
    "http",
    "https",
    "file",
)
ALLOWED_OPTIONS = frozenset(
    {
        "application_name", "channel_binding", "client_encoding", "connect_timeout", "gssencmode", "host", "keepalives",
        "keepalives_count", "keepalives_idle", "keepalives_interval", "options", "password", "port", "require_auth",
        "ssl_max_protocol_version", "ssl_min_protocol_version", "sslmode", "sslnegotiation", "sslrootcert", "sslsni",
        "target_session_attrs", "tcp_user_timeout", "user",
    }
)  # fmt: skip
# Options of the driver that are refused by name; another name may be a part of the password.
REFUSED_OPTIONS = frozenset(
    {
        "dbname", "fallback_application_name", "gssdelegation", "gsslib", "hostaddr", "krbsrvname",
        "load_balance_hosts", "oauth_client_id", "oauth_client_secret", "oauth_issuer", "oauth_scope", "passfile",
        "replication", "requirepeer", "requiressl", "scram_client_key", "scram_server_key", "service", "servicefile",
        "sslcert", "sslcertmode", "sslcompression", "sslcrl", "sslcrldir", "sslkey", "sslkeylogfile", "sslpassword",
    }
)  # fmt: skip
_ENCODE = "special characters of user, password and options must be %-encoded, such as %40 for @"
_NOT_A_URL = "is not a URL"
_SEVERAL_HOSTS = "names several hosts, of which only one is supported"
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})|%00")
_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f]")


def problem(url: str) -> str:
    """Return what is wrong with the URL, to follow its name; "" for a URL that can be used."""
    text = url.strip()
    return _scheme_problem(text) or _address_problem(text.partition("://")[2]) or _driver_problem(text)


def secrets(url: str) -> tuple[str, ...]:
    """Return the passwords of the URL in all spellings, the longest first, but those that are too short to replace."""
    _, _, address = url.strip().partition("://")
    authority, _, remainder = _split(address)
    passwords = [authority.rpartition("@")[0].partition(":")[2]]
    options = (pair.partition("=") for pair in remainder.partition("?")[2].split("&"))
    passwords += [value for name, _, value in options if unquote(name) == "password"]
    spellings = {spelling for password in passwords for spelling in (password, unquote(password))}
    return tuple(sorted((text for text in spellings if len(text) >= MIN_SECRET_CHARACTERS), key=len, reverse=True))


def host(url: str) -> str:
    """Return the host that the driver connects to; "" when the URL names none. An option replaces that before `/`."""
    _, _, address = url.strip().partition("://")
    authority, _, remainder = _split(address)
    place = authority.rpartition("@")[2]
    name = unquote(place[1:].partition("]")[0] if place.startswith("[") else place.partition(":")[0])
    options = (pair.partition("=") for pair in remainder.partition("?")[2].split("&"))
    return next((unquote(value) for key, _, value in reversed(list(options)) if key == "host"), name)


def is_socket(host: str) -> bool:
    """Return whether the driver connects to a Unix socket, by a path or a name in Linux's abstract namespace."""
    return not host or host.startswith(("/", "@"))


def _scheme_problem(text: str) -> str:
    scheme, separator, _ = text.partition("://")
    if scheme in SCHEMES and separator:
        return ""
    if scheme.partition("+")[0] == "sqlite" and separator:
        return (
            "is an SQLite URL, which several workers cannot share (while one writes, the others wait); it must look "
            f"like {EXAMPLE}"
        )
    base, _, driver = scheme.partition("+")
    has = "no scheme" if not separator else "another scheme"
    if separator and base in _OTHER_SCHEMES and driver in ("", *_DRIVERS):
        has = f"scheme `{scheme}`"
    return f"has {has}; supported are {', '.join(SCHEMES)}, as in {EXAMPLE}"


def _address_problem(address: str) -> str:
    authority, _, remainder = _split(address)
    path, _, query = remainder.partition("?")
    sentence = ""
    if _UNPRINTABLE.search(address) or _BAD_PERCENT.search(address):
        sentence = f"{_NOT_A_URL}: it has a space, a control character or a `%` without two digits; {_ENCODE}"
    elif "#" in address or "@" in remainder or authority.count("@") > 1:
        sentence = f"{_NOT_A_URL}: it has `@`, `/`, `?` or `#` where it cannot be read; {_ENCODE}"
    else:
        sentence = _host_problem(authority.rpartition("@")[2])
    if not sentence and not path.strip("/"):
        sentence = "names no database"
    sentence = sentence or _option_problem(query)
    return f"{sentence}; it must look like {EXAMPLE}" if sentence else ""


def _split(address: str) -> tuple[str, str, str]:
    """Return the authority, the sign that ends it, and the remainder with that sign."""
    match = re.search(r"[/?#]", address)
    end = match.start() if match else len(address)
    return address[:end], address[end : end + 1], address[end:]


def _host_problem(place: str) -> str:
    if "," in place:
        return _SEVERAL_HOSTS
    host, _, port = place.rpartition(":") if re.search(r":[^\]]*$", place) else (place, "", "")
    if not re.fullmatch(r"\[[0-9A-Fa-f:.]*(%25\w+)?\]|[^\[\]:]*", host):
        return f"{_NOT_A_URL}: its host cannot be read; {_ENCODE}"
    if port and not (port.isascii() and port.isdigit() and 0 < int(port[:6]) <= MAX_PORT):
        return f"{_NOT_A_URL}: its port is no number from 1 to {MAX_PORT}"
    return ""


def _option_problem(query: str) -> str:
    for pair in query.split("&") if query else ():
        name, separator, value = pair.partition("=")
        if not separator or "=" in value:
            return f"{_NOT_A_URL}: an option after `?` must have the form NAME=VALUE; {_ENCODE}"
        if name in REFUSED_OPTIONS:
            return f"has the option `{name}`, which is not supported"
        if name not in ALLOWED_OPTIONS:
            return f"has an unknown option after `?`; {_ENCODE}"
        if name == "host" and "," in unquote(value):
            return _SEVERAL_HOSTS
        if name == "port" and not (value.isascii() and value.isdigit() and 0 < int(value[:6]) <= MAX_PORT):
            return f"{_NOT_A_URL}: its port is no number from 1 to {MAX_PORT}"
    return ""


def _driver_problem(text: str) -> str:
    from psycopg2 import ProgrammingError  # here, because the process that starts trials redacts, and needs no driver
    from psycopg2.extensions import parse_dsn

    try:
        parse_dsn(f"postgresql://{text.partition('://')[2]}")
    except (ProgrammingError, UnicodeError):
        return f"{_NOT_A_URL} that PostgreSQL's driver can read; {_ENCODE}; it must look like {EXAMPLE}"
    return ""
