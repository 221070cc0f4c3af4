"""A supervisor without a database, for tests of what happens around one trial: `python -m tests.trial.supervisor`.

It runs the trials that standard input lists (JSON lines) one after the other, as a worker does, with an Optuna study
in memory, and writes one JSON line for each into the file that its argument names.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import optuna

from hpotrial import protocol
from hpotrial.failures.classify import classify
from hpotrial.lifecycle.trial_server import answer, facts
from hpotrial.process import gpu, reaper
from hpotrial.process.gpu import GpuMemoryBaseline
from hpotrial.process.output import Output
from hpotrial.process.supervisor import TrialProcess
from hpotrial.protocol.config import PythonObjective, WorkerConfig
from hpotrial.protocol.messages import Call, Task, TimedOut, TrialEnd


def attend(process: TrialProcess, trial: optuna.Trial, timeout_seconds: float) -> TrialEnd:
    deadline = time.monotonic() + timeout_seconds
    while (left := deadline - time.monotonic()) > 0:
        message = process.receive(left)
        if isinstance(message, Call):
            process.reply(answer(trial, message))
        elif message is not None:
            return message
    return TimedOut(timeout_seconds)


def devices_of(pids: frozenset[int]) -> list[str]:
    """GPU devices that these processes hold open; a file that is closed meanwhile is none of them."""
    found = set()
    for link in [link for pid in pids for link in Path(f"/proc/{pid}/fd").glob("*")]:
        with contextlib.suppress(FileNotFoundError):
            found.add(str(link.readlink()))
    return sorted(file for file in found if file.startswith("/dev/nvidia"))


def run(study: optuna.Study, order: dict[str, Any], output: Output, gpu_memory: GpuMemoryBaseline) -> dict[str, Any]:
    reference = order.pop("reference")
    objective = PythonObjective(reference) if reference else WorkerConfig.from_environ(os.environ).objective
    timeout_seconds, grace_seconds = order.pop("timeout_seconds", 30.0), order.pop("grace_seconds", 0.0)
    study.enqueue_trial(order)
    trial = study.ask()
    gpu_memory.record()
    process = TrialProcess(Task(objective, os.environ.get(protocol.SOURCE_PATH_ENV), facts(trial)), output)
    end = attend(process, trial, timeout_seconds)
    if isinstance(end, TimedOut):
        process.end(grace_seconds)
    verdict = classify(end, study.directions, tail=process.tail(), is_oom_killed=process.is_oom_killed())
    is_gone = process.leave()
    study.tell(trial, verdict.values, verdict.state)
    return {
        "state": verdict.state.name,
        "values": verdict.values,
        "attributes": verdict.attributes(),
        "user_attributes": trial.user_attrs,
        "reports": study.trials[-1].intermediate_values,
        "is_gone": is_gone,
        "missing_gpu_bytes": gpu_memory.leaked_bytes(),
        "devices_of_the_fork_server": devices_of(reaper.multiprocessing_pids()),
        "children": len(reaper.children()),
        "descriptors": len(list(Path("/proc/self/fd").iterdir())),
        "threads": threading.active_count(),
        "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


def orders() -> Iterator[dict[str, Any]]:
    for line in sys.stdin:
        yield json.loads(line)


def main(report: Path) -> None:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    reaper.become_subreaper()
    directions = os.environ.get("DIRECTIONS", "minimize").split(",")
    pruner = optuna.pruners.ThresholdPruner(upper=100.0)
    study = optuna.create_study(directions=directions, pruner=pruner)
    output = Output(redact=lambda text: text.replace("hunter2", "[redacted]"))
    gpu_memory = GpuMemoryBaseline(gpu.find_gpus(os.environ))
    with report.open("w") as file:
        for order in orders():
            print(json.dumps(run(study, order, output, gpu_memory)), file=file, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
