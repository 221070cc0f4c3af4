"""Every metric that the operator exposes, by section. The reference page, boards and alerts are held against it."""

from __future__ import annotations

from collections.abc import Mapping

from hposweep.telemetry import operator_definitions
from hposweep.telemetry.definition import Definition
from hposweep.telemetry.series import registry

SWEEP_DEFINITIONS: tuple[Definition, ...] = tuple(series.definition for series in registry.ALL)
OPERATOR_DEFINITIONS: tuple[Definition, ...] = operator_definitions.ALL
DEFINITIONS: Mapping[str, Definition] = {
    definition.exposed_name: definition for definition in (*SWEEP_DEFINITIONS, *OPERATOR_DEFINITIONS)
}
