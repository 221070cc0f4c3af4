"""One run of the end-to-end tests, in as many processes as it has: they share a password, a beginning and a folder.

pytest-xdist runs session fixtures once a process, and `make test` runs this level in two parts. The folder's path is in
an environment variable, which child processes inherit; `conftest` makes the folder when there is none yet.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.cluster import lock
from tests.e2e.audit import now

VARIABLE = "HPOSWEEP_E2E_RUN"


@dataclass(frozen=True, slots=True)
class SharedRun:
    """What all processes of the run agree on."""

    folder: Path
    password: str  # the canary: it may be seen in a Secret and nowhere else
    started: str  # the moment from which on the audit log belongs to this run

    @property
    def evidence(self) -> Path:
        return self.folder / "evidence"

    def lock(self, name: str) -> Path:
        """Return a lock file, for what only one process may do at a time."""
        return self.folder / f"{name}.lock"


def open_folder() -> Path | None:
    """Make the folder and tell child processes of it; return None if a parent has done so."""
    if os.environ.get(VARIABLE):
        return None
    folder = Path(tempfile.mkdtemp(prefix="hposweep-e2e-"))
    os.environ[VARIABLE] = str(folder)
    return folder


def close_folder(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    os.environ.pop(VARIABLE, None)


def read() -> SharedRun:
    """Return the run; the first process that asks draws its password."""
    folder = Path(os.environ[VARIABLE])
    agreement = folder / "run.json"
    with lock.locked(folder / "run.lock"):
        if not agreement.exists():
            agreement.touch(0o600)
            agreement.write_text(json.dumps({"password": f"canary-{secrets.token_hex(8)}", "started": now()}))
        run = SharedRun(folder, **json.loads(agreement.read_text()))
        run.evidence.mkdir(exist_ok=True)
    return run
