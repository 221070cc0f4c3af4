"""The folders in which a trial and its libraries write can be written by this user. Always runs."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from hpotrial.preflight.check import Check, CheckContext, CheckKind, CheckResult, Deadline, caution, failure, success

# Where libraries keep files besides `HOME`, when these are set.
CACHES = ("XDG_CACHE_HOME", "HF_HOME", "TORCH_HOME", "MPLCONFIGDIR", "NUMBA_CACHE_DIR", "TRITON_CACHE_DIR")
ADVICE = "Mount an `emptyDir` there in `spec.workers.template`, or set the variable to a folder below /tmp"


def checks(context: CheckContext) -> Iterator[Check]:
    if context.config.checkpoints is not None:
        path, field = context.config.checkpoints.path, "spec.workers.checkpoints.path"
        yield Check(KIND.name, path, field, partial(_check_checkpoints, path))
    yield Check(KIND.name, "temporary files", "", _check_temporary_folder)
    for variable in ("HOME", *(name for name in CACHES if context.environ.get(name))):
        folder = context.environ.get(variable, "")
        yield Check(KIND.name, f"{variable}={folder}", "", partial(_check_variable, variable, folder))


def _check_checkpoints(path: str, deadline: Deadline) -> CheckResult:
    error = _error(path)
    if error is None:
        return success(path)
    advice = f"Mount a volume there that user {os.getuid()} may write to (`fsGroup`)"
    return failure(f"`{path}` cannot be written: {error}. {advice}", "", "writable")


def _check_temporary_folder(deadline: Deadline) -> CheckResult:
    try:
        return success(tempfile.gettempdir())
    except OSError as error:
        return failure(f"no folder for temporary files can be written ({error.strerror}). Mount an `emptyDir` at /tmp")


def _check_variable(variable: str, folder: str, deadline: Deadline) -> CheckResult:
    if not folder:
        return caution(
            f"`{variable}` is not set, so libraries write to unexpected places. Set it to /tmp in the template"
        )
    error = _error(folder)
    if error is None:
        return success(folder)
    return caution(f"`{variable}` is `{folder}`, which cannot be written: {error}. {ADVICE}", "", "writable")


def _error(folder: str) -> str | None:
    """Return why no file can be created in the folder, None when one can. The folder is created as libraries do."""
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".hposweep-"):
            return None
    except OSError as error:
        return error.strerror or type(error).__name__


KIND = CheckKind("writable", checks)
