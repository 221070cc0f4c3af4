"""The analysis of a sweep that has ended, as it is and as it is judged. Passed through `analysis_pass`."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto

from hposweep.model.gate import Gate
from hposweep.model.workers import Workers


@dataclass(frozen=True, slots=True)
class AnalysisFile:
    """One file of the results. `text` is None when it is too large for a ConfigMap."""

    name: str
    size_bytes: int
    text: str | None = None


@dataclass(frozen=True, slots=True)
class AnalysisRow:
    """The row of one sweep in the table of analyses. `notes`: what the analysis left out."""

    files: tuple[AnalysisFile, ...]
    notes: str = ""


@dataclass(frozen=True, slots=True)
class AnalysisObservation:
    """The Job of the analysis, and its results once it has ended. `fault`: why they could not be read."""

    workers: Workers = field(default_factory=Workers)
    row: AnalysisRow | None = None
    fault: str = ""


class AnalysisStep(Enum):
    """The next action of the operator for the analysis."""

    WAIT = auto()
    CREATE = auto()
    RESUME = auto()
    PUBLISH = auto()


@dataclass(frozen=True, slots=True)
class AnalysisVerdict:
    """The condition `Analyzed` once the step has succeeded. The gate is open when the results are there."""

    gate: Gate
    step: AnalysisStep = AnalysisStep.WAIT
