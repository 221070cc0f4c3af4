"""All kinds of checks, in the order in which they run: what is cheap and explains later failures comes first."""

from __future__ import annotations

from hpotrial.preflight.check import CheckKind
from hpotrial.preflight.kinds import commands, configuration, disk, imports, objective, paths

KINDS: tuple[CheckKind, ...] = (
    configuration.KIND,
    paths.KIND,
    disk.KIND,
    imports.KIND,
    objective.KIND,
    commands.KIND,
)
