"""Imports the user's module in the fork server, before the first trial. The fork server imports this module for that.

The user's imports (seconds, with torch) then run once per worker instead of once per trial. It never fails, because a
module that cannot be imported is imported again in the trial's process, which reports the error. It calls no function
of the user's, so it starts no CUDA by itself.
"""

from __future__ import annotations

import contextlib
import importlib
import multiprocessing
import os
from collections.abc import Mapping

from hpotrial.objective import load
from hpotrial.process import (
    child,  # noqa: F401  (imported here once, otherwise in the process of each trial)
    seeds,
)
from hpotrial.process.generators import Watch
from hpotrial.protocol.config import PythonObjective, WorkerConfig

# Otherwise torch.cuda.is_available() in the user's module would start CUDA here, and no fork could use it any more.
NVML_CHECK_ENV = "PYTORCH_NVML_BASED_CUDA_CHECK"


def import_objective(environ: Mapping[str, str]) -> None:
    """Import the objective's module; ignore every error."""
    with contextlib.suppress(BaseException):
        config = WorkerConfig.from_environ(environ)
        if isinstance(config.objective, PythonObjective):
            load.prepend_source_path(config.source_path)
            importlib.import_module(config.objective.reference.partition(":")[0])
        for reference in config.callbacks:
            load.prepend_source_path(config.source_path)
            importlib.import_module(reference.partition(":")[0])


os.environ.setdefault(NVML_CHECK_ENV, "1")
_before = seeds.state()
generators = Watch()
with generators:
    import_objective(os.environ)
is_seeded_by_user = seeds.state() != _before
start_method = multiprocessing.get_start_method(allow_none=True)  # the module's own choice, or none
