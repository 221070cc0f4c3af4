"""Limit what a process may do to a few network connections. Called by `notify.child` before it creates a service.

apprise has 150 services. Some of them read files that a URL names, start programs, or follow redirects. Therefore the
limits are set below all libraries, with an audit hook of the interpreter, which cannot be removed again. Addresses are
compared when a connection is opened, so that a name that changes its address in between changes nothing.
"""

from __future__ import annotations

import resource
import socket
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hposweep.allowed_hosts import AllowedHosts

# Three times what a process with apprise needs. An answer without an end must not use up the memory of the operator.
MAX_MEMORY_BYTES = 160 * 2**20
_FORBIDDEN = (
    "socket.bind",
    "socket.sendmsg",
    "socket.sendto",
    "subprocess.Popen",
    "os.exec",
    "os.fork",
    "os.forkpty",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
)


class RefusedConnectionError(OSError):
    """The address is not allowed. An OSError, because libraries report one as a failed connection."""


class Egress:
    """The limits of this process."""

    def __init__(self, allowed: AllowedHosts) -> None:
        self.refusals = 0  # connections to hosts that are not allowed
        self._allowed = allowed
        self._addresses: set[str] = set()  # of hosts that are allowed by name
        self._resolve: Callable[..., Any] = socket.getaddrinfo
        folders = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
        self._code = tuple(str(Path(folder).resolve()) for folder in {*folders, str(Path(__file__).parent.parent)})

    def enforce(self) -> None:
        """Enforce the limits from now on, for as long as the process lives."""
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would contain the URL
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_DATA, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
        socket.getaddrinfo = self._getaddrinfo
        sys.addaudithook(self._audit)

    def _getaddrinfo(self, host: Any, *arguments: Any, **options: Any) -> Any:
        answers = self._resolve(host, *arguments, **options)
        name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
        if self._allowed.has_name(name):
            self._addresses.update(answer[4][0] for answer in answers)
        # Only allowed ones, because a library tries them in turn, and ends at one that raises.
        allowed_answers = [answer for answer in answers if self._may_connect(answer[4][0])]
        if not allowed_answers:
            self._refuse()
        return allowed_answers

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "socket.connect":
            address = arguments[1]
            if not (isinstance(address, tuple) and self._may_connect(str(address[0]))):
                self._refuse()
        elif event == "open" and not self._is_code(arguments[0]):
            raise PermissionError("a notification reads no files")
        elif event in _FORBIDDEN:
            raise PermissionError(f"a notification does not need {event}")

    def _may_connect(self, address: str) -> bool:
        return address in self._addresses or self._allowed.has_address(address)

    def _is_code(self, path: Any) -> bool:
        """Return whether it is a file of Python or of a library, which may be loaded late."""
        if isinstance(path, int):
            return True  # already open
        text = str(Path(path.decode() if isinstance(path, bytes) else path).resolve())
        return text.startswith(tuple(f"{folder}/" for folder in self._code))

    def _refuse(self) -> None:
        self.refusals += 1
        raise RefusedConnectionError("the host is not allowed")
