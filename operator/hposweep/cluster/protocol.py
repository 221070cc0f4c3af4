"""What the operator needs of a place where workers live. Nothing above this floor knows which place it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from hposweep.api.status import Status
from hposweep.api.sweep import Sweep
from hposweep.model.event import Event
from hposweep.model.plan import BackoffReset, ResizeJob
from hposweep.model.workers import Workers


class RefusedError(Exception):
    """The cluster understood an object and will not have it; the message is the cluster's own sentence.

    `is_final` when the object itself is wrong; a quota, a policy or a missing right may change their mind.
    """

    def __init__(self, message: str, *, is_final: bool = True) -> None:
        super().__init__(message)
        self.is_final = is_final


class Cluster(Protocol):
    """The whole of it. Methods raise OSError or TimeoutError when the place does not answer: try again."""

    async def sweep(self, namespace: str, name: str) -> Sweep | None: ...

    async def workers(self, sweep: Sweep) -> Workers:
        """Jobs and pods that the sweep owns, read now."""

    async def secret_value(self, namespace: str, name: str, key: str) -> str | None:
        """The text under a key; None when the Secret or the key is absent."""

    async def source_files(self, namespace: str, config_map: str) -> tuple[str, ...] | None:
        """The keys of a ConfigMap; None when it is absent."""

    async def try_create(self, manifest: Mapping[str, Any]) -> None:
        """Ask whether an object would be accepted, and change nothing. Raises RefusedError."""

    async def apply(self, manifest: Mapping[str, Any]) -> None:
        """Make an object as the manifest says, where it says something. Raises RefusedError."""

    async def resize(self, namespace: str, wanted: ResizeJob) -> None:
        """Give a Job that lives another size, and touch nothing else of it; nothing happens when it is gone.

        Raises RefusedError.
        """

    async def delete_pod(self, namespace: str, name: str) -> None:
        """End a pod whose node does not answer, at once, so that another may take its place.

        Nothing happens when it is gone.
        """

    async def reset_backoff(self, namespace: str, pause: BackoffReset) -> None:
        """Let the slot of a pod that has ended wait as if it had been disrupted less often.

        Nothing happens when the pod is gone.
        """

    async def write_status(self, sweep: Sweep, status: Status) -> None:
        """Replace the status; nothing happens when the sweep is gone."""

    async def post_event(self, sweep: Sweep, event: Event) -> None:
        """Tell; a lost event is not an error."""
