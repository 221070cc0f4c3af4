"""The logs of all worker pods, kept while they can be read: the kubelet deletes them with the pod.

They are read where the nodes of this machine write them, so that no fault of the API server or a kubelet leaves a gap.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path

from tests.cluster.layout import NODES, Layout

LOOK_SECONDS = 0.3


@dataclass
class Logs:
    """Of the pods of one namespace; `texts` by the pod's name."""

    layout: Layout
    namespace: str
    texts: dict[str, str] = field(default_factory=dict)
    _open: dict[Path, BufferedReader] = field(default_factory=dict)
    _ended: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
        for file in self._open.values():
            file.close()

    def lines(self, *words: str) -> list[str]:
        """Those that hold all of the words, each with its pod."""
        found = [(line, pod) for pod, text in self.texts.items() for line in text.splitlines()]
        return [f"{pod}: {line}" for line, pod in sorted(found) if all(word in line for word in words)]

    def _run(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            self._read()
        self._read()

    def _read(self) -> None:
        for node in NODES:
            folder = self.layout.directory(node) / "log" / "pods"
            for path in folder.glob(f"{self.namespace}_*/trial/*.log"):
                if path not in self._open:
                    with suppress(OSError):
                        self._open[path] = path.open("rb")
        for path, file in self._open.items():
            pod = path.parts[-3].split("_")[1]
            new = file.read().decode(errors="replace")
            if new:
                self.texts[pod] = self.texts.get(pod, "") + new
