"""Settings of an operator for local commands, from the same variables as the operator's. Called by the verbs."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from typing import TypeVar

from hposweep.allowed_pods import AllowedPods
from hposweep.gpu_weights import GpuWeights

EXIT_USAGE = 2

T = TypeVar("T")


def gpu_weights() -> GpuWeights:
    return _read(GpuWeights.from_environment)


def allowed_pods() -> AllowedPods:
    return _read(AllowedPods.from_environment)


def _read(from_environment: Callable[[Mapping[str, str]], T]) -> T:
    """Read the environment. A value that cannot be used ends the command with a sentence."""
    try:
        return from_environment(os.environ)
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(EXIT_USAGE) from None
