"""All kinds of checks, in the order in which they run: what is cheap and explains later failures comes first."""

from __future__ import annotations

from hpotrial.preflight.check import CheckKind
from hpotrial.preflight.kinds import (
    commands,
    configuration,
    database,
    disk,
    dry_trial,
    gpu,
    imports,
    objective,
    paths,
    read_speed,
    sample,
    source,
    writable,
)

KINDS: tuple[CheckKind, ...] = (
    configuration.KIND,
    database.KIND,
    writable.KIND,
    source.KIND,
    paths.KIND,
    disk.KIND,
    read_speed.KIND,
    gpu.KIND,
    imports.KIND,
    objective.KIND,
    dry_trial.KIND,
    sample.KIND,
    commands.KIND,
)
