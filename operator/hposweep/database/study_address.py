"""Where a study is stored: a URL of SQL, or a file. Called by `study_reader`; its texts contain no password."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from urllib.parse import quote, urlsplit

from hposweep.api import conditions
from hposweep.database.errors import StorageError
from hpotrial.protocol.database_url import SCHEMES

JOURNAL_SCHEME = "journal"
_SQLITE_MAGIC = b"SQLite format 3\x00"
_EXAMPLES = (
    "postgresql://USER:PASSWORD@HOST:5432/DATABASE, sqlite:///FILE.db, mysql+pymysql://USER:PASSWORD@HOST/DATABASE, "
    "journal:FILE.log, or the path of a file"
)


class StorageKind(Enum):
    """The storages of Optuna that can be read."""

    POSTGRESQL = auto()
    SQLITE = auto()
    MYSQL = auto()
    JOURNAL = auto()


@dataclass(frozen=True, slots=True)
class StudyAddress:
    """A parsed address. `place` is for people: the path of a file; `url` may have a secret and is for Optuna only."""

    kind: StorageKind
    place: str
    url: str

    def __repr__(self) -> str:
        return f"StudyAddress({self.place})"


def parse(text: str) -> StudyAddress:
    """Return the address. Raises StorageError with a sentence that has no part of the text but its scheme or path."""
    text = text.strip()
    scheme, separator, rest = text.partition(":")
    dialect = scheme.partition("+")[0]
    if separator and dialect == "sqlite":
        return _file(StorageKind.SQLITE, rest.removeprefix("//").removeprefix("/").partition("?")[0])
    if separator and scheme == JOURNAL_SCHEME:
        return _file(StorageKind.JOURNAL, rest.removeprefix("//"))
    if "://" not in text:
        return _file(None, text)
    if scheme in SCHEMES:
        return StudyAddress(StorageKind.POSTGRESQL, _network_place(text), text)
    if dialect in ("mysql", "mariadb"):
        return StudyAddress(StorageKind.MYSQL, _network_place(text), text)
    raise StorageError(
        conditions.INVALID_URL, f"--storage: no storage has this scheme (got `{scheme}`; allowed {_EXAMPLES})."
    )


def connect_sqlite(address: StudyAddress) -> sqlite3.Connection:
    """Open the file for reading only, so that SQLite itself refuses writes and creates no file."""
    path = quote(str(Path(address.place).resolve()))
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True, check_same_thread=False)


def _file(kind: StorageKind | None, text: str) -> StudyAddress:
    path = Path(text)
    if not text or not path.is_file():
        name = "no path" if not text else "a text with @, which may have a password" if "@" in text else text
        raise StorageError(
            conditions.INVALID_URL, f"--storage: no such file (got `{name}`; allowed {_EXAMPLES}). Check the path."
        )
    try:
        with path.open("rb") as file:
            is_sqlite = file.read(len(_SQLITE_MAGIC)) == _SQLITE_MAGIC
    except OSError as error:
        raise StorageError(
            conditions.CONNECTION_FAILED, f"--storage: file `{text}` cannot be read ({error.strerror})."
        ) from None
    if kind is StorageKind.SQLITE and not is_sqlite:
        raise StorageError(
            conditions.INVALID_URL,
            f"--storage: file `{text}` is no SQLite database. A journal is named as journal:{text}",
        )
    return StudyAddress(StorageKind.SQLITE if is_sqlite else StorageKind.JOURNAL, text, "sqlite://")


def _network_place(url: str) -> str:
    """Return `HOST:PORT/DATABASE`, without credentials and options."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        parts, port = None, ""
    if parts is None or "@" in parts.path:  # an unescaped slash in a password makes it a part of the path
        raise StorageError(
            conditions.INVALID_URL,
            f"--storage: is not a URL; it must look like one of {_EXAMPLES}. Escape special characters of a password.",
        )
    return f"{parts.hostname or 'local'}{port}{parts.path}"
