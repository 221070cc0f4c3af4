"""Judge hostile specs as the operator does: each in a process of its own with the operator's memory.

The process is forked from one that has imported the operator, so that a spec costs milliseconds. What the event loop
does of a pass is the CPU time of its thread: that of the judgement's thread delays no sweep.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any

from hposweep.__main__ import prepare_interpreter
from hposweep.api.sweep import Sweep
from hposweep.model.history import COMPLETE, History, Trial
from tests import builders
from tests.hostile.child import MEMORY_BYTES, ROOT, peak_mib, resident_mib
from tests.hostile.specs import expanded
from tests.unit import world
from tests.unit.memory import MemoryCluster, MemoryStudies, made

CPU_SECONDS = 30
TRIALS = 300
MAX_LOOP_MS = 100
ROUNDS = 3  # another process may cost this one its caches


class Passes:
    """The process that takes a spec per line and answers with its figures."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.hostile.passes"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )  # fmt: skip

    def take(self, spec: Mapping[str, Any]) -> dict[str, Any]:
        """Return the figures; without `state` when the process was ended by a limit."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(spec), file=self._process.stdin, flush=True)
        figures: dict[str, Any] = json.loads(self._process.stdout.readline())
        return figures

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()


def main() -> None:
    logging.disable(logging.CRITICAL)
    take_passes({})  # loads what is loaded once
    prepare_interpreter()
    for line in sys.stdin:
        print(json.dumps(_figures(line)), flush=True)


def _figures(line: str) -> dict[str, Any]:
    """Return the figures of the first round within the limit, else those of the last."""
    for _ in range(ROUNDS):
        figures = _in_child(line)
        if figures.get("loop ms", 0) <= MAX_LOOP_MS:
            break
    return figures


def _in_child(line: str) -> dict[str, Any]:
    reader, writer = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reader)
        try:
            resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
            resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
            figures = take_passes(json.loads(line))
        except Exception as error:
            figures = {"error": repr(error)[:500]}
        os.write(writer, json.dumps(figures).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        text = answer.read()
    _, status = os.waitpid(process, 0)
    figures = json.loads(text) if text else {"error": f"ended by signal {os.WTERMSIG(status)}"}
    return dict(figures)


def take_passes(blocks: Mapping[str, Any]) -> dict[str, Any]:
    """Run the first passes of a sweep, and two of it with trials, and return what they take at most."""
    before, cpu_before = resident_mib(), time.process_time()
    resource_body = builders.sweep("hostile")
    resource_body["spec"] |= blocks
    stored = world.stored(resource_body)
    stored["spec"], begin = expanded(stored["spec"]), time.thread_time()
    sweep = Sweep.from_object(stored)
    parse = time.thread_time() - begin
    cluster, studies = MemoryCluster(sweep), MemoryStudies()
    reconciler = made(cluster, studies)
    costs = [asyncio.run(_cost(reconciler)) for _ in range(2)]
    if studies.study is not None:
        studies.trials = History(tuple(_trials(sweep)))
        studies.study = world.study(sweep, best=0.5, complete=TRIALS)
        cluster.pods = (world.pod(),)
        costs += [asyncio.run(_cost(reconciler)) for _ in range(2)]
    status = cluster.held.status
    accepted = status.condition("Accepted") if status is not None else None
    return {
        "state": status.state if status is not None else "",
        "accepted": accepted.reason if accepted is not None else "",
        "loop ms": round(1000 * (parse + max(costs)), 1),
        "cpu ms": round(1000 * (time.process_time() - cpu_before)),
        "growth MiB": peak_mib() - before,
    }


async def _cost(reconciler: Any) -> float:
    """Return the CPU time that a pass takes of the event loop's thread."""
    begin = time.thread_time()
    await reconciler.reconcile("default", "hostile")
    return time.thread_time() - begin


def _trials(sweep: Sweep) -> Iterator[Trial]:
    draw = random.Random(7)
    for number in range(TRIALS):
        params = {
            parameter.name: draw.choice(parameter.categorical.choices) if parameter.categorical else draw.random()
            for parameter in sweep.spec.search_space
        }
        yield Trial(number, COMPLETE, (draw.random(),), params, 60.0, world.NOON)


if __name__ == "__main__":
    main()
