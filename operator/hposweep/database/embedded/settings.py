"""How the server is set up: no port, no password, nothing outside its folder. Pure; called by `server`."""

from __future__ import annotations

import hashlib
from pathlib import Path
from urllib.parse import quote

DATABASE = "postgres"  # the one that initdb makes
ROLE = "hposweep"


def socket_name(folder: Path) -> str:
    """A Unix socket in the kernel's abstract space, which vanishes with the server: no file to be left behind.

    A socket file would also limit how deep the folder may lie (107 characters).
    """
    return f"@hposweep-{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}"


def url(folder: Path) -> str:
    """No secret in it: the kernel says who connects."""
    return f"postgresql://{ROLE}@/{DATABASE}?host={quote(socket_name(folder), safe='')}"


def access() -> str:
    """pg_hba.conf: whoever the map admits; the abstract space knows no file rights."""
    return "local all all peer map=run\n"


def admitted(*users: str) -> str:
    """pg_ident.conf: which users of the system may be the one role."""
    return "".join(f'run "{user}" {ROLE}\n' for user in dict.fromkeys(users))


def arguments(folder: Path, connections: int) -> list[str]:
    """For `postgres`. Nothing in the data folder's own configuration is changed."""
    values = {
        "listen_addresses": "",
        "unix_socket_directories": socket_name(folder),
        "hba_file": str(folder / "pg_hba.conf"),
        "ident_file": str(folder / "pg_ident.conf"),
        "max_connections": str(connections),
        "dynamic_shared_memory_type": "mmap",  # in the data folder, not in /dev/shm, which containers make small
        "timezone": "UTC",
        "log_timezone": "UTC",
        "autovacuum_naptime": "15s",
    }
    return [word for name, value in values.items() for word in ("-c", f"{name}={value}")]
