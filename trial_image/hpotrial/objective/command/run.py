"""A program as an objective: parameters in, a number out, steps in between (`spec.objective.command`).

It is called with a trial like a Python objective, in the trial's own process, so timeout, process group and output work
the same. `environment` prepares the program's input, `reports` and `result` read its output.
"""

from __future__ import annotations

import errno
import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import optuna

from hpotrial.objective import scratch
from hpotrial.objective.command import arguments, environment
from hpotrial.objective.command.monitor import Monitor
from hpotrial.objective.command.outcome import Metrics
from hpotrial.objective.command.result import InvalidResultError
from hpotrial.objective.params import conditional_names, params
from hpotrial.protocol.command import references
from hpotrial.protocol.config import WorkerConfig
from hpotrial.protocol.metrics import Metric

FIELD = "spec.objective.command"
SHOWN_CHARACTERS = 120
NO_INTERPRETER = "its first line names no interpreter. Write `#!/bin/sh` there, or name it in the command: `[sh, …]`"


class CommandNotFoundError(Exception):
    """The program does not exist or is not executable."""


class CommandEndedError(Exception):
    """The program exited with an error, or without a result."""

    def __init__(self, command: str, exit_code: int) -> None:
        super().__init__(f"`{command}` ended with exit code {exit_code}")
        self.command = command
        self.exit_code = exit_code


@dataclass(frozen=True, slots=True)
class Command:
    """The program and its arguments, the folder in which it runs, and the metrics that it prints."""

    arguments: tuple[str, ...]
    folder: str | None = None
    metrics: tuple[Metric, ...] = ()

    def __str__(self) -> str:
        text = shlex.join(self.arguments)
        return text if len(text) <= SHOWN_CHARACTERS else f"{text[: SHOWN_CHARACTERS - 1]}…"

    def check(self) -> None:
        """Refuse, before the first trial, a program that could never be started."""
        program = self.arguments[0]
        if any(references(program)):
            return  # only a trial knows its value
        path = Path(self.folder or Path.cwd(), program) if os.sep in program else None
        if shutil.which(path or program) is None:
            raise CommandNotFoundError(f"{FIELD}: `{program}` {_why_not_runnable(path)}")

    def __call__(self, trial: Any) -> Any:
        config = WorkerConfig.from_environ(os.environ)
        parameters, optional = params(trial), conditional_names(config.search_space)
        metrics = Metrics(self.metrics, config.objective_names)
        search = metrics.search()
        with _ignored_sigterm(), _folder() as folder:
            command_environment = environment.write(folder, parameters, trial, os.environ)
            environ = command_environment.environ
            program = self._start(arguments.expand(self.arguments, environ, parameters, optional), environ)
            monitor = Monitor(program, command_environment, trial, search)
            try:
                monitor.run()
            finally:
                program.kill()
                program.wait()
            if monitor.is_pruned:
                raise optuna.TrialPruned
            if program.returncode != 0:
                raise CommandEndedError(str(self), program.returncode)
            outcome = metrics.outcome(command_environment.result_file, monitor.last_line, search)
        if outcome is None:
            raise CommandEndedError(str(self), 0)
        for key, value in outcome.attributes.items():
            trial.set_user_attr(key, value)
        for key, value in outcome.constraints.items():
            trial.set_constraint(key, value)
        return outcome.values

    def _start(self, expanded: Sequence[str], environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                expanded,
                env=environ,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,  # its last line may be the result; all of it is forwarded
                # A log goes to the error output, and may have the metrics. Otherwise only a result is looked for.
                stderr=subprocess.STDOUT if self.metrics else None,
            )
        except FileNotFoundError as error:
            reason = self._why_without_interpreter(expanded[0], environ) or error.strerror
            raise InvalidResultError(f"{FIELD}: `{self}` cannot be started: {reason}") from error
        except (OSError, ValueError) as error:  # not executable, too many or impossible arguments
            is_script = isinstance(error, OSError) and error.errno == errno.ENOEXEC
            reason = NO_INTERPRETER if is_script else str(error)
            raise InvalidResultError(f"{FIELD}: `{self}` cannot be started: {reason}") from error

    def _why_without_interpreter(self, program: str, environ: Mapping[str, str]) -> str:
        """Return why a program that exists cannot be found; an empty text when it does not exist."""
        path = Path(self.folder or Path.cwd(), program) if os.sep in program else None
        file = shutil.which(path or program, path=environ.get("PATH"))
        if file is None:
            return ""
        with Path(file).open("rb") as script:
            is_windows = script.readline(SHOWN_CHARACTERS).endswith(b"\r\n")
        if is_windows:
            return "its lines end as on Windows. Convert it with `dos2unix`"
        return "the interpreter that its first line names does not exist"


def _why_not_runnable(path: Path | None) -> str:
    if path is None:
        return "is not in any folder of PATH"
    if path.is_dir():
        return f"is a folder ({path})"
    if path.exists():
        return f"is not executable ({path})"
    return f"does not exist ({path})"


@contextmanager
def _folder() -> Iterator[Path]:
    try:
        folder = scratch.make(os.getpid())
    except OSError as error:
        raise InvalidResultError(f"{FIELD}: needs a folder for temporary files ({error})") from error
    try:
        yield folder
    finally:
        scratch.remove(os.getpid())


@contextmanager
def _ignored_sigterm() -> Iterator[None]:
    """Ignore SIGTERM, which goes to the whole group: the program may use its grace period to save its work."""
    try:
        before = signal.signal(signal.SIGTERM, lambda number, frame: None)
    except ValueError:  # not the main thread, so SIGTERM is handled elsewhere
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before or signal.SIG_DFL)
