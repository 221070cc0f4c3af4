"""`hposweep run --detach`: start the run in the background, and tell how to follow and stop it. Called by `command`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from hposweep.cli.run.options import RunOptions, short_path
from hposweep.cluster.local.folder import PID
from hpotrial.protocol import STORAGE_URL_ENV

LOG = "run.log"
_PROGRAM = "import sys; from hposweep.cli import main; sys.exit(main())"


def start_detached(options: RunOptions, folder: Path) -> Iterator[str]:
    """Start the run in a session of its own, which no closed terminal ends, and yield lines for the user."""
    environment = dict(os.environ)
    if options.storage:
        environment[STORAGE_URL_ENV] = options.storage  # other users can read a command line
    with (folder / LOG).open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", _PROGRAM, *options.words(folder)],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    (folder / PID).write_text(f"{process.pid}\n")
    place = short_path(folder)
    yield f"The run continues in the background as process {process.pid}."
    yield f"  follow   tail -f {place}/{LOG}"
    yield f"  stop     kill -INT $(cat {place}/{PID})      running trials finish; twice ends them"
    yield f"  verdict  {place}/status.yaml"
