"""Where a secret could show, gathered while it can still be read: `test_secrets` searches it at the end.

Every namespace is read before it is deleted, every operator before it is killed; a thread looks at command lines.
"""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass, field
from pathlib import Path

from tests.contract.kubectl import Kubectl

KINDS = "hposweeps,jobs,pods,events,configmaps,deployments,services"
LOOK_SECONDS = 1.0
TRIES = 5


@dataclass
class Evidence:
    """Texts by the place where they were read."""

    kubectl: Kubectl
    texts: dict[str, str] = field(default_factory=dict)
    _ended: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def add(self, place: str, text: str) -> None:
        self.texts[place] = f"{self.texts.get(place, '')}\n{text}"

    def read_namespace(self, namespace: str) -> None:
        """All objects but Secrets, and the log of every pod."""
        self.add(f"objects of {namespace}", self.kubectl("get", KINDS, "-n", namespace, "-o", "yaml"))
        for attempt in range(TRIES):
            try:
                self.add(f"describe of {namespace}", self.kubectl("describe", "hposweeps,jobs,pods", "-n", namespace))
                break
            except AssertionError:  # it lists first and reads then, and a pod may go between the two
                if attempt == TRIES - 1:
                    raise
        for pod in self.kubectl("get", "pods", "-n", namespace, "-o", "name").split():
            self.read_log(namespace, pod)

    def read_log(self, namespace: str, pod: str) -> None:
        for options in ([], ["--previous"]):  # a pod that never ran, or ran once, has no such log
            with contextlib.suppress(AssertionError):
                self.add(f"log of {namespace} {pod}", self.kubectl("logs", "-n", namespace, pod, *options))

    def start(self) -> None:
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def _watch(self) -> None:
        seen: set[bytes] = set()
        while not self._ended.wait(LOOK_SECONDS):
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                with contextlib.suppress(OSError):
                    seen.add(path.read_bytes())
            self.texts["command lines of processes"] = "\n".join(
                sorted(line.replace(b"\0", b" ").decode(errors="replace") for line in seen)
            )
