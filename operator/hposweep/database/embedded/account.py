"""Choose the system user that the server runs as, because PostgreSQL refuses to run as root. Called by `server`."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

# In this order; each distribution has one of them.
UNPRIVILEGED = ("postgres", "nobody")


class NoAccountError(Exception):
    """The system has no user for the server; the message names the users that were looked for."""


def server_account(folder: Path) -> str:
    """Return the user to change to, or "" to stay the current one.

    Root changes to the owner of the data folder, so that the folder always belongs to the same user.
    """
    if os.geteuid() != 0:
        _ = own_name()  # raises a better error than initdb, which needs the name too
        return ""
    owner = folder.stat().st_uid if folder.exists() else 0
    names = {entry.pw_uid: entry.pw_name for entry in pwd.getpwall()}
    if owner and owner in names:
        return names[owner]
    account = next((name for name in UNPRIVILEGED if name in names.values()), None)
    if account is None:
        raise NoAccountError(
            f"PostgreSQL does not run as root, and this system has no user {' or '.join(UNPRIVILEGED)}: "
            "start the command as an ordinary user, or give a database with --storage"
        )
    return account


def own_name() -> str:
    """Return the name of the current user, which the server compares with that of each client."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        raise NoAccountError(
            f"the user with number {os.geteuid()} has no name on this system (no line in /etc/passwd), and PostgreSQL "
            "needs one: add it, or give a database with --storage"
        ) from None
