"""Studies as the operator makes them, and workers as the kubelet starts them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import optuna
from optuna.trial import FrozenTrial, TrialState

from hpotrial import protocol

OBJECTIVES = Path(__file__).parent / "objectives"
SWEEP_UID = "3f1e-sweep"
PATIENCE_SECONDS = 180.0  # three processes of tests share two cores


def until(condition: Callable[[], Any], what: str, seconds: float = PATIENCE_SECONDS) -> Any:
    """Poll until it is true; its value."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"waited {seconds:.0f} s for: {what}")


def is_alive(pid: int) -> bool:
    """A zombie has only not been buried yet."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def work(reference: str = "plain:quadratic", **blocks: Any) -> dict[str, Any]:
    """The block that the operator puts into the environment."""
    return {
        "objective": {"python": reference, "fixed": blocks.pop("fixed", {})},
        "searchSpace": blocks.pop("search_space", []),
        "sampler": blocks.pop("sampler", {"name": "RandomSampler"}),
        "pruner": blocks.pop("pruner", {"name": "NopPruner"}),
        "objectives": blocks.pop("objectives", [{"name": "loss", "direction": "Minimize"}]),
        **blocks,
    }


@dataclass
class SweepStudy:
    """A study with its control block, on a database with Optuna's schema."""

    storage: optuna.storages.RDBStorage
    uri: str
    name: str
    directions: tuple[str, ...] = ("minimize",)
    study: optuna.Study = field(init=False)

    def __post_init__(self) -> None:
        self.study = optuna.create_study(storage=self.storage, study_name=self.name, directions=[*self.directions])  # type: ignore[list-item]  # Optuna takes the words
        self.study.set_user_attr(protocol.OWNER, SWEEP_UID)
        self.study.set_user_attr(protocol.PROTOCOL, protocol.PROTOCOL_VERSION)

    def control(self, stop: str = "None", max_trials: int = 10, **more: Any) -> SweepStudy:
        block = {"stop": stop, "maxTrials": max_trials, **more}
        self.study.set_user_attr(protocol.CONTROL, block)
        return self

    def delete(self) -> None:
        """As often as it takes: Optuna deletes nothing, and says nothing, when a worker writes at the same moment."""
        with suppress(KeyError):
            while True:
                self.storage.delete_study(self.study._study_id)

    @property
    def trials(self) -> list[FrozenTrial]:
        return self.study.get_trials(deepcopy=False)

    def of_state(self, state: TrialState) -> list[FrozenTrial]:
        return [trial for trial in self.trials if trial.state == state]

    def charged(self) -> list[FrozenTrial]:
        return [
            trial
            for trial in self.trials
            if trial.state != TrialState.WAITING and trial.user_attrs.get(protocol.CHARGED) is not False
        ]

    def counts(self) -> dict[str, int]:
        states = [trial.state.name for trial in self.trials]
        return {state: states.count(state) for state in sorted(set(states))}


@dataclass
class WorkerProcess:
    """`python -m hpotrial` with the environment that a pod would have."""

    study: SweepStudy
    work: Mapping[str, Any]
    directory: Path
    index: int = 0
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self.output = self.directory / f"worker-{self.index}-{time.monotonic_ns()}.log"
        self.message_path = self.output.with_suffix(".message")
        roots = [str(Path(protocol.__file__).parents[2])]
        environ = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(roots),
            protocol.STORAGE_URL_ENV: self.study.uri,
            protocol.STUDY_ENV: self.study.name,
            protocol.SWEEP_ENV: "demo/digits",
            protocol.SWEEP_UID_ENV: SWEEP_UID,
            protocol.WORK_ENV: json.dumps(self.work),
            protocol.SOURCE_PATH_ENV: str(OBJECTIVES),
            protocol.POD_NAME_ENV: f"digits-search-{self.index}",
            protocol.POD_UID_ENV: f"uid-{self.index}",
            protocol.NODE_NAME_ENV: "node-a",
            protocol.WORKER_INDEX_ENV: str(self.index),
            protocol.TERMINATION_MESSAGE_PATH_ENV: str(self.message_path),
            **self.environment,
        }
        with self.output.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "hpotrial"],
                env={name: value for name, value in environ.items() if value},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                cwd=self.directory,
            )

    def wait(self, seconds: float = PATIENCE_SECONDS) -> int:
        """Its exit code."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"the worker still runs after {seconds:.0f} s:\n{self.log()}") from None

    def terminate(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def log(self) -> str:
        return self.output.read_text()

    def message(self) -> str:
        return self.message_path.read_text() if self.message_path.exists() else ""
