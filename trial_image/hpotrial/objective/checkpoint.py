"""Checkpoint folders: where a trial keeps its progress across retries, and which folders outlive it.

An objective calls `checkpoint_dir`. The worker calls `apply_retention` once a trial has ended. The trial bears the
folder's name, so that a retry of the same trial finds the folder of its first attempt, also on another node.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from optuna.trial import BaseTrial

from hpotrial import protocol
from hpotrial.protocol.config import KEEP_ALL, KEEP_NONE, WorkerConfig

MAX_NAME_BYTES = 200  # file systems take 255
INDEX = ".kept"  # names of the kept folders of trials that have ended
LOCK = ".lock"
REMOVAL_PREFIX = ".removed-"
LOCK_SECONDS = 10.0
PAUSE_SECONDS = 0.05


class CheckpointError(RuntimeError):
    """No folder for checkpoints can be used."""


def checkpoint_dir(trial: BaseTrial, environ: Mapping[str, str] = os.environ) -> Path:
    """Return the trial's folder, and create it on the first call. A retry gets the folder of its first attempt."""
    root = root_in(environ)
    folder = trial.user_attrs.get(protocol.CHECKPOINT)
    try:
        if folder is not None:
            path = root / _as_component(folder)
            path.mkdir(parents=True, exist_ok=True)
            return path
        path = _create(root, trial.number)
    except OSError as error:
        sentence = f"spec.workers.checkpoints.path: cannot create `{error.filename or root}` ({error.strerror})"
        raise CheckpointError(sentence) from error
    note = getattr(trial, "note_checkpoint", None)  # the sweep's prefix is closed to users on a trial of a sweep
    if note is not None:
        note(path.name)
    else:
        trial.set_user_attr(protocol.CHECKPOINT, path.name)
    return path


def is_configured(environ: Mapping[str, str]) -> bool:
    return protocol.WORK_ENV in environ and WorkerConfig.from_environ(environ).checkpoints is not None


def root_in(environ: Mapping[str, str]) -> Path:
    """Return the study's folder `<path>/<study>`. Raises CheckpointError."""
    if protocol.WORK_ENV not in environ:
        raise CheckpointError(f"checkpoint_dir(trial) needs a sweep, but {protocol.WORK_ENV} is not set")
    checkpoints = WorkerConfig.from_environ(environ).checkpoints
    if checkpoints is None:
        raise CheckpointError("checkpoint_dir(trial) needs spec.workers.checkpoints.path, which is not set")
    return root_of(checkpoints.path, environ[protocol.STUDY_ENV])


def root_of(path: str, study: str) -> Path:
    return Path(path) / _as_component(study)


def prune(root: Path, folder: str, keep: str, read_best: Callable[[], set[str] | None]) -> list[str]:
    """Remove the folders that are not kept, after the trial that owned `folder` has ended for good; return their names.

    `read_best` returns the folders that `Best` keeps, or None when they cannot be known now. Then no folder is removed.
    It is called once, under a lock that all workers share. It must read the study at that moment, so that two workers
    with a new best each cannot remove each other's folder.
    """
    if keep == KEEP_ALL or not root.is_dir():
        return []
    with suppress(OSError):  # an extra folder is harmless, and the next trial prunes again
        return _prune_locked(root, folder, keep, read_best)
    return []


def _prune_locked(root: Path, folder: str, keep: str, read_best: Callable[[], set[str] | None]) -> list[str]:
    with _locked(root) as is_locked:
        if not is_locked:
            return []
        candidates = _read_index(root) | ({folder} if _is_name(folder) and (root / folder).is_dir() else set())
        best = set() if keep == KEEP_NONE else read_best()
        remaining = candidates if best is None else candidates & best
        obsolete = sorted(candidates - remaining)
        for name in obsolete:
            _mark_removed(root, name)
        _write_index(root, remaining)
    for leftover in root.glob(
        f"{REMOVAL_PREFIX}*"
    ):  # outside the lock because it is slow; includes what a killed worker left
        shutil.rmtree(leftover, ignore_errors=True)
    return obsolete


def _create(root: Path, number: int) -> Path:
    """Create a folder for a first attempt, which must not find the files of an earlier study of the same name."""
    root.mkdir(parents=True, exist_ok=True)
    path = root / f"trial-{number}"
    try:
        path.mkdir()
    except FileExistsError:
        path = root / f"trial-{number}-{uuid.uuid4().hex[:8]}"
        path.mkdir()
    return path


def _as_component(name: str) -> str:
    """Quote the name as one component of a path; different names stay different."""
    component = quote(name, safe=" ()[]=+,@")
    if component.strip(".") == "":
        component = component.replace(".", "%2E")
    if len(component) <= MAX_NAME_BYTES:
        return component
    return f"{component[:MAX_NAME_BYTES]}-{hashlib.sha256(name.encode()).hexdigest()[:12]}"


def _is_name(folder: str) -> bool:
    return bool(folder) and folder == _as_component(folder) and not folder.startswith(".")


def _mark_removed(root: Path, name: str) -> None:
    try:
        (root / name).rename(root / f"{REMOVAL_PREFIX}{name}-{uuid.uuid4().hex[:8]}")
    except OSError:
        return  # a user removed it


def _read_index(root: Path) -> set[str]:
    try:
        names = json.loads((root / INDEX).read_text())
    except (OSError, ValueError):
        return set()
    return {name for name in names if isinstance(name, str) and _is_name(name)} if isinstance(names, list) else set()


def _write_index(root: Path, remaining: set[str]) -> None:
    new_index = root / f"{INDEX}.new"
    new_index.write_text(json.dumps(sorted(remaining)))
    new_index.replace(root / INDEX)


@contextmanager
def _locked(root: Path) -> Iterator[bool]:
    """Yield False if the lock cannot be acquired within LOCK_SECONDS (the holder may hang on another node)."""
    deadline = time.monotonic() + LOCK_SECONDS
    with (root / LOCK).open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                if time.monotonic() > deadline:
                    yield False
                    return
                time.sleep(PAUSE_SECONDS)
                continue
            yield True
            return
