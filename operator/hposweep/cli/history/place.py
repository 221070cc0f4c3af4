"""Find a sweep by its name in a cluster, or by the folder of a run. Called by `command`.

The cluster is asked by kubectl, so that every login that works there works here.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from hposweep.api.names import GROUP, PLURAL
from hposweep.api.sweep import Sweep
from hposweep.cli.run.errors import RefusedInputError
from hposweep.cluster.local.folder import LOCK, STATUS, SWEEP, Folder, FolderError
from hposweep.text import first_line

KUBECTL_SECONDS = 30


def is_run(path: Path) -> bool:
    """Return whether the path is the folder of a run; another folder may have the name of a sweep by chance."""
    return (path / LOCK).exists()


def sweep_of_run(path: Path) -> Sweep:
    """Return the sweep of a run with its last status. Raises RefusedInputError."""
    folder = Folder(path, -1)  # reading needs no lock
    try:
        body, status = folder.stored(SWEEP), folder.stored(STATUS).get("status")
    except (FolderError, OSError) as error:
        raise RefusedInputError(f"folder {path} cannot be read: {error}") from None
    return _sweep({**body, "status": status}, f"folder {path}")


def sweep_of_cluster(name: str, namespace: str | None) -> Sweep:
    """Return the sweep as kubectl prints it. Raises RefusedInputError."""
    where = ("-n", namespace) if namespace is not None else ()
    command = ("kubectl", "get", f"{PLURAL}.{GROUP}", *where, "-o", "json", "--", name)
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=KUBECTL_SECONDS)
    except FileNotFoundError:
        raise RefusedInputError(
            f"NAME: no folder of a run and no kubectl (got `{name}`). Install kubectl, pass the folder of a run, or "
            "pass --study with the database in HPOSWEEP_STORAGE_URL."
        ) from None
    except subprocess.TimeoutExpired:
        raise RefusedInputError(f"NAME: kubectl did not answer within {KUBECTL_SECONDS} s (got `{name}`)") from None
    if done.returncode:
        raise RefusedInputError(f"NAME: kubectl says: {first_line(done.stderr)} (got `{name}`)")
    try:
        body = json.loads(done.stdout)
    except ValueError:
        raise RefusedInputError(f"NAME: kubectl printed no JSON (got `{name}`)") from None
    return _sweep(body, f"sweep `{name}`")


def _sweep(body: Any, place: str) -> Sweep:
    try:
        return Sweep.from_object(body)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise RefusedInputError(f"{place} cannot be read: it was written by another version") from None
