"""The API server's own record of who asked for what."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

RECEIVED = b'"requestReceivedTimestamp":"'
# What the authorizer said: admission refuses with 403 too, for example in a namespace that is being deleted.
DECISION, ALLOWED, DENIED = "authorization.k8s.io/decision", "allow", "forbid"
WRITES = ("create", "update", "patch", "delete", "deletecollection")


def now() -> str:
    """Return this moment, as the log writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@dataclass(frozen=True, slots=True)
class Request:
    """One request; `resource` is `group/plural[/subresource]`."""

    user: str
    verb: str
    resource: str
    namespace: str
    name: str
    decision: str  # of the authorizer

    @property
    def is_write(self) -> bool:
        return self.verb in WRITES


@dataclass(frozen=True, slots=True)
class AuditLog:
    """The log from one moment on. The server starts a new file when one has become large; the old ones stay beside."""

    path: Path
    start: bytes  # a time, as the log writes it

    @classmethod
    def from_now_on(cls) -> AuditLog:
        return cls.since(now())

    @classmethod
    def since(cls, moment: str) -> AuditLog:
        return cls(Path(os.environ["AUDIT_LOG"]), moment.encode())

    def requests(self, user: str) -> Iterator[Request]:
        """Those of one user that are answered; a watch is listed when it begins."""
        for line in self._lines():
            if user.encode() in line:
                entry = json.loads(line)
                if entry["user"]["username"] == user and "objectRef" in entry:
                    yield _request(entry)

    def text(self) -> str:
        return b"".join(self._lines()).decode(errors="replace")

    def _lines(self) -> Iterator[bytes]:
        files = self.path.parent.glob(f"{self.path.stem}*{self.path.suffix}")
        for path in sorted(files, key=lambda file: file.stat().st_mtime):
            with path.open("rb") as file:
                # A line without an end is still being written.
                yield from (line for line in file if line.endswith(b"\n") and self._is_new(line))

    def _is_new(self, line: bytes) -> bool:
        """Times of one form and one zone are in the order of their letters."""
        _, _, rest = line.partition(RECEIVED)
        return rest[: len(self.start)] >= self.start


def _request(entry: dict) -> Request:
    target = entry["objectRef"]
    parts = (target.get("apiGroup", ""), target.get("resource", ""), target.get("subresource", ""))
    return Request(
        user=entry["user"]["username"],
        verb=entry["verb"],
        resource="/".join(part for part in parts if part),
        namespace=target.get("namespace", ""),
        name=target.get("name", ""),
        decision=entry.get("annotations", {}).get(DECISION, ""),
    )
