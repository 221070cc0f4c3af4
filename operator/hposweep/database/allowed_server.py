"""Choose the addresses of a database that the operator may connect to. Called by `connection`, at each attempt.

libpq gets the addresses that were compared, so that a name that changes its address in between reaches no other server.
The host name stays beside them, because TLS compares it with the certificate.
"""

from __future__ import annotations

import socket
from typing import Any

import psycopg2

from hposweep.allowed_hosts import DATABASE_VARIABLE, AllowedHosts
from hposweep.api import conditions
from hposweep.database.dsn import Dsn
from hposweep.database.errors import StorageError
from hposweep.text import printable
from hpotrial.protocol.database_url import is_socket

MAX_ADDRESSES = 8  # of one name; libpq tries them in turn
_ADVICE = f"`{DATABASE_VARIABLE}` of the operator. Use another host, or have the administrator add it there"


def allowed_server(dsn: Dsn, allowed: AllowedHosts) -> dict[str, Any]:
    """Return the options of libpq for host and addresses. Raises StorageError when none of them is allowed.

    Raises psycopg2.OperationalError when the name has no address.
    """
    host = dsn.host
    if is_socket(host):
        message = "the URL names no host but a Unix socket, and the operator opens none; name the host of the database"
        raise StorageError(conditions.HOST_NOT_ALLOWED, message)
    is_named = allowed.has_name(host)
    addresses = [address for address in _addresses(host) if is_named or allowed.has_address(address)]
    if not addresses:
        message = f'the host "{printable(host)}" has no address that is allowed by {_ADVICE}'
        raise StorageError(conditions.HOST_NOT_ALLOWED, message)
    addresses = addresses[:MAX_ADDRESSES]
    return {"host": ",".join([host] * len(addresses)), "hostaddr": ",".join(addresses)}


def _addresses(host: str) -> list[str]:
    """Resolve the name. Raises psycopg2.OperationalError in libpq's words."""
    try:
        answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        words = error.strerror if isinstance(error, OSError) and error.strerror else "not a host name"
        raise psycopg2.OperationalError(f'could not translate host name "{host}" to address: {words}') from None
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))
