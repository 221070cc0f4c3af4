"""`spec.preflight.source`: the code is a checkout of git, its commit, and that nothing in it is uncommitted."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from hpotrial.preflight.check import FIELD, Check, CheckContext, CheckKind, CheckResult, Deadline, failure, success

MAX_SHOWN = 3


def checks(context: CheckContext) -> Iterator[Check]:
    source = context.block.get("source")
    if source:
        yield Check(KIND.name, source["path"], f"{FIELD}.source", partial(_check, source))


def _check(source: Mapping[str, Any], deadline: Deadline) -> CheckResult:
    path = source["path"]
    try:
        commit = _git(path, "rev-parse", "HEAD")
        changes = _git(path, "status", "--porcelain") if source.get("requireClean", True) else ""
    except FileNotFoundError:
        return failure("needs `git`, which the image does not have. Install it, or leave out `source`")
    except subprocess.CalledProcessError as error:
        reason = error.stderr.strip().splitlines()[-1:] or ["git failed"]
        return failure(f"`{path}` is no checkout of git with a commit ({reason[0]}). Correct the path")
    if not changes:
        return success(commit, "clean" if source.get("requireClean", True) else "")
    lines = changes.splitlines()
    names = ", ".join(f"`{line[3:]}`" for line in lines[:MAX_SHOWN])
    shown = f"{names} and {len(lines) - MAX_SHOWN} more" if len(lines) > MAX_SHOWN else names
    sentence = f"`{path}` has uncommitted changes: {shown}. Commit them, or set `requireClean: false`"
    return failure(sentence, commit, "clean")


def _git(path: str, *arguments: str) -> str:
    """Return the output of git. A checkout of another user's is read as well, because nothing of it is run."""
    command = ("git", "-c", f"safe.directory={path}", "-c", "core.fsmonitor=false", "-C", path, *arguments)
    return subprocess.run(command, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL).stdout.rstrip()


KIND = CheckKind("source", checks)
