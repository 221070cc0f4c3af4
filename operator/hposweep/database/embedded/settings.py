"""The server's configuration: no port, no password, no file outside its folder. Pure; called by `server`."""

from __future__ import annotations

import hashlib
from pathlib import Path
from urllib.parse import quote

DATABASE = "postgres"  # initdb creates it
ROLE = "hposweep"


def socket_name(folder: Path) -> str:
    """Return the name of a Unix socket in the kernel's abstract namespace, which disappears with the server.

    A socket file could stay behind, and its path may have 107 characters only.
    """
    return f"@hposweep-{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}"


def url(folder: Path) -> str:
    """Return the database's URL. It contains no secret, because the kernel authenticates the client."""
    return f"postgresql://{ROLE}@/{DATABASE}?host={quote(socket_name(folder), safe='')}"


def access() -> str:
    """Return pg_hba.conf: the users of the map only, because an abstract socket has no file permissions."""
    return "local all all peer map=run\n"


def user_map(*users: str) -> str:
    """Return pg_ident.conf: the system users that may connect, all as one role."""
    return "".join(f'run "{user}" {ROLE}\n' for user in dict.fromkeys(users))


def arguments(folder: Path, connections: int) -> list[str]:
    """Return arguments for `postgres`. The configuration in the data folder stays as initdb wrote it."""
    values = {
        "listen_addresses": "",
        "unix_socket_directories": socket_name(folder),
        "hba_file": str(folder / "pg_hba.conf"),
        "ident_file": str(folder / "pg_ident.conf"),
        "max_connections": str(connections),
        "dynamic_shared_memory_type": "mmap",  # in the data folder, because /dev/shm is small in containers
        "timezone": "UTC",
        "log_timezone": "UTC",
        "autovacuum_naptime": "15s",
    }
    return [word for name, value in values.items() for word in ("-c", f"{name}={value}")]
