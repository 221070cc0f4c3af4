"""As whom the server runs and who may connect. PostgreSQL refuses to be root. Called by `server`."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

# In this order; one of them exists on every distribution.
UNPRIVILEGED = ("postgres", "nobody")


class NoAccountError(Exception):
    """The system knows no user for the server; the message says which."""


def server_account(folder: Path) -> str:
    """ "" to run as whoever we are; for root the owner of the data, so that a folder once begun stays one user's."""
    if os.geteuid() != 0:
        _ = own_name()  # initdb needs the name as well, and would say less
        return ""
    owner = folder.stat().st_uid if folder.exists() else 0
    names = {entry.pw_uid: entry.pw_name for entry in pwd.getpwall()}
    if owner and owner in names:
        return names[owner]
    known = set(names.values())
    found = next((name for name in UNPRIVILEGED if name in known), None)
    if found is None:
        raise NoAccountError(
            f"PostgreSQL does not run as root, and this system has no user {' or '.join(UNPRIVILEGED)}: "
            "start the command as an ordinary user, or give a database with --storage"
        )
    return found


def own_name() -> str:
    """The name of the user that we are; the server asks the kernel who connects, and compares."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        raise NoAccountError(
            f"the user with number {os.geteuid()} has no name on this system (no line in /etc/passwd), and PostgreSQL "
            "needs one: add it, or give a database with --storage"
        ) from None
