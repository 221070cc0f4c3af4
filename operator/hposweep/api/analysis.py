"""`spec.analysis`, and the request by which the operator tells the analysis Job what to analyze."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

REQUEST_ENV = "HPOSWEEP_ANALYSIS"  # of the Job's container: an AnalysisRequest as JSON
# The files of an analysis, the most useful ones first: a limit on their size leaves out the last ones.
REPORT, TOP, NEXT_SWEEP, COMPARISON = "report.md", "top.yaml", "next-sweep.yaml", "comparison.md"
IMPORTANCES, DIRECTIONALITY = "importances.csv", "directionality.csv"
PAGE, TRIALS = "report.html", "trials.csv"
ANALYSES_TABLE = "hposweep.analyses"  # in the database of the study
FILES = (REPORT, TOP, NEXT_SWEEP, COMPARISON, IMPORTANCES, DIRECTIONALITY, PAGE, TRIALS)
# The operator builds the ConfigMap in memory, every watcher gets it, and the API server takes 1 MiB.
MAX_CONFIG_MAP_BYTES = 512 * 1024


@dataclass(frozen=True, slots=True)
class AnalysisSpec:
    """The user's choices: no analysis after the end, or the number of the best trials that it lists."""

    disabled: bool = False
    top_k: int = 5


@dataclass(frozen=True, slots=True)
class AnalysisRequest:
    """The task of the Job. `document` and `status`: of the sweep, absent where they are too large for a variable."""

    study: str
    sweep: str  # namespace/name
    uid: str
    top_k: int = 5
    random_trials: int = 10  # the first ones, which the sampler drew at random
    baseline: str | None = None  # an earlier study in the same database
    document: Mapping[str, Any] | None = None
    status: Mapping[str, Any] | None = None
