"""The weights of GPUs for local commands, from the same variable as the operator's. Called by the verbs."""

from __future__ import annotations

import os
import sys

from hposweep.gpu_weights import GpuWeights

EXIT_USAGE = 2


def gpu_weights() -> GpuWeights:
    """Read the environment. A value that cannot be used ends the command with a sentence."""
    try:
        return GpuWeights.from_environment(os.environ)
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(EXIT_USAGE) from None
