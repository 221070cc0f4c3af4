"""A witness of pods beside the operator: `kubectl get --watch` writes down each change, also of pods that go."""

from __future__ import annotations

import json
import subprocess
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

Json = dict[str, Any]
EXIT_SECONDS = 10


class PodWitness:
    """The last state of every pod of a sweep, by uid; a context."""

    def __init__(self, namespace: str, sweep: str, file: Path) -> None:
        self._file = file
        self._command = (
            "kubectl", "get", "pods", "-n", namespace, "-l", f"hposweep.dev/sweep={sweep}", "--watch", "-o", "json",
        )  # fmt: skip

    def __enter__(self) -> Self:
        with self._file.open("w") as output:
            self._process = subprocess.Popen(self._command, stdout=output, stderr=subprocess.DEVNULL)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(EXIT_SECONDS)

    def pods(self) -> list[Json]:
        """Return the state of each pod that was written last; a list is what there was at the beginning."""
        decoder, text, place = json.JSONDecoder(), self._file.read_text(), 0
        last: dict[str, Json] = {}
        while place < len(text.rstrip()):
            try:
                item, place = decoder.raw_decode(text, place)
            except json.JSONDecodeError:  # kubectl is writing it
                break
            for pod in item["items"] if item["kind"] == "List" else [item]:
                last[pod["metadata"]["uid"]] = pod
            while place < len(text) and text[place].isspace():
                place += 1
        return list(last.values())


def held_seconds(pod: Json) -> float:
    """Return for how long the pod had its node, until its last container ended."""
    status = pod["status"]
    (scheduled,) = (entry for entry in status["conditions"] if entry["type"] == "PodScheduled")
    ends = [_time(entry["state"]["terminated"]["finishedAt"]) for entry in status["containerStatuses"]]
    return (max(ends) - _time(scheduled["lastTransitionTime"])).total_seconds()


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
