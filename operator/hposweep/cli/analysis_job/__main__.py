"""The process of the Job's pod. Its last words are the pod's termination message, which the operator shows.

Started as `python -m hposweep.cli.analysis_job`, with the request and the database's URL in the environment.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from hposweep.cli.analysis_job.command import run
from hposweep.text import truncate
from hpotrial.protocol import TERMINATION_MESSAGE_PATH, TERMINATION_MESSAGE_PATH_ENV

MAX_MESSAGE_CHARACTERS = 1000  # the kubelet keeps 4096 bytes


def main() -> int:
    code, message = run(os.environ)
    sys.stderr.write(f"{message}\n")
    path = Path(os.environ.get(TERMINATION_MESSAGE_PATH_ENV) or TERMINATION_MESSAGE_PATH)
    try:
        path.write_text(truncate(message, MAX_MESSAGE_CHARACTERS))
    except OSError as error:
        sys.stderr.write(f"{path} cannot be written: {error.strerror}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
