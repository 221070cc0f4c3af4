"""The interface between the operator and the place where workers run. No layer above imports an implementation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from hposweep.api.status import Status
from hposweep.api.sweep import Sweep
from hposweep.model.event import Event
from hposweep.model.plan import ClusterAction
from hposweep.model.source_files import SourceFiles
from hposweep.model.workers import Workers


class RefusedError(Exception):
    """The cluster refuses an object; the message is the cluster's own sentence.

    `is_final` when the object itself is invalid; a quota, a policy or a missing permission may change.
    """

    def __init__(self, message: str, *, is_final: bool = True) -> None:
        super().__init__(message)
        self.is_final = is_final


class Cluster(Protocol):
    """All that the operator asks for. Methods raise OSError or TimeoutError without an answer: retry."""

    async def sweep(self, namespace: str, name: str) -> Sweep | None: ...

    async def cluster_id(self) -> str:
        """Return a text that no other cluster has; "" when it may not be read."""

    async def sweep_uid(self, namespace: str, name: str) -> str | None:
        """Return the uid of a sweep, "" when it is absent; None when it may not be read."""

    async def children(self, sweep: Sweep) -> Mapping[str, Workers]:
        """Read the Jobs and pods that the sweep owns, by phase."""

    async def secret_value(self, namespace: str, name: str, key: str) -> str | None:
        """Return the text under a key; None when the Secret or the key is absent. Raises UnicodeDecodeError."""

    async def config_map_value(self, namespace: str, name: str, key: str) -> str | None:
        """Return the text under a key; None when the ConfigMap or the key is absent."""

    def server_ahead_seconds(self) -> float | None:
        """Return the clock of the API server against this machine's, by its last answer; None without one."""

    async def source_files(self, namespace: str, config_map: str) -> SourceFiles | None:
        """Return the keys of a ConfigMap, a digest of its content and its version; None when it is absent."""

    async def object_version(self, namespace: str, kind: str, name: str) -> str:
        """Return a text that changes with the Secret or ConfigMap; "" when it is absent. Its content is not read."""

    async def try_create(self, manifest: Mapping[str, Any]) -> None:
        """Validate an object by a dry run. Raises RefusedError."""

    async def execute(self, namespace: str, action: ClusterAction) -> None:
        """Execute one action of a plan. Raises RefusedError.

        An object that is gone needs no change and raises nothing.
        """

    async def write_status(self, sweep: Sweep, status: Status) -> None:
        """Replace the status; does nothing when the sweep is gone. Raises RefusedError."""

    async def post_event(self, sweep: Sweep, event: Event) -> None:
        """Post an event; a lost one is no error."""
