"""Where a secret could show, gathered while it can still be read: `test_secrets` searches it at the end.

Every namespace is read before it is deleted, every operator before it is killed; a thread looks at command lines. The
texts lie in a folder that all processes of a run share, one file a process.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from tests.contract.kubectl import Kubectl

KINDS = "hposweeps,jobs,pods,events,configmaps,deployments,services"
COMMAND_LINES = "command lines of processes"
LOOK_SECONDS = 1.0
TRIES = 5


@dataclass
class Evidence:
    """Texts by the place where they were read."""

    kubectl: Kubectl
    folder: Path
    _writing: threading.Lock = field(default_factory=threading.Lock)
    _ended: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    @property
    def texts(self) -> dict[str, str]:
        """What all processes of the run have gathered so far."""
        texts: defaultdict[str, str] = defaultdict(str)
        for path in sorted(self.folder.glob("*.jsonl")):
            for line in path.read_text().splitlines():
                place, text = json.loads(line)
                texts[place] += f"\n{text}"
        return dict(texts)

    def add(self, place: str, text: str) -> None:
        # One write a line, so that no reader sees half of one.
        with self._writing, (self.folder / f"{os.getpid()}.jsonl").open("a") as file:
            file.write(f"{json.dumps([place, text])}\n")

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
            running: set[bytes] = set()
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                with contextlib.suppress(OSError):
                    running.add(path.read_bytes())
            lines = sorted(line.replace(b"\0", b" ").decode(errors="replace") for line in running - seen)
            if lines:
                self.add(COMMAND_LINES, "\n".join(lines))
            seen |= running
