"""Every name that the operator shares with the cluster: group, labels, field manager, names of children.

All layers import it. A bare string of this kind anywhere else is a bug.
"""

from __future__ import annotations

from collections.abc import Iterable

GROUP = "hposweep.dev"
VERSION = "v1alpha1"
KIND = "HPOSweep"
PLURAL = "hposweeps"
API_VERSION = f"{GROUP}/{VERSION}"

FIELD_MANAGER = "hposweep-operator"
FINALIZER = f"{GROUP}/study"
LEDGER_FINALIZER = f"{GROUP}/ledger"  # of pods with GPUs, until the status has their time
SWEEP_UID_ANNOTATION = f"{GROUP}/sweep-uid"  # of such pods, because their Job may be deleted first

SWEEP_LABEL = f"{GROUP}/sweep"
PHASE_LABEL = f"{GROUP}/phase"
STUDY_ID_LABEL = f"{GROUP}/study-id"
INPUT_ANNOTATION = f"{GROUP}/input"  # of a Job: a hash of what it checks
RETRY_PREFLIGHT_ANNOTATION = f"{GROUP}/retry-preflight"  # of a sweep: any new value asks for another attempt
RETRY_BASELINE_ANNOTATION = f"{GROUP}/retry-baseline"  # the same for the baseline trial
MANAGED_BY_LABEL = "app.kubernetes.io/managed-by"

PREFLIGHT_PHASE, BASELINE_PHASE, SEARCH_PHASE = "preflight", "baseline", "search"
CHAMPIONS_PHASE, ANALYSIS_PHASE = "champions", "analysis"
TRIAL_CONTAINER, ANALYSIS_CONTAINER = "trial", "analysis"  # the containers that report how a pod ended
APPROVAL_CRITERION = "approval"  # the kind of criterion that a person answers

# The order in which tiers are shown; a Kubernetes map has no order of its own. Other names follow, alphabetically.
KNOWN_TIERS = ("minimum", "full", "exceptional")


def tier_order(tiers: Iterable[str]) -> tuple[str, ...]:
    """Return the tiers of a sweep in the order in which they are shown."""
    names = set(tiers)
    return (*(tier for tier in KNOWN_TIERS if tier in names), *sorted(names.difference(KNOWN_TIERS)))


def job_name(sweep: str, phase: str, attempt: int) -> str:
    """Return the name of a phase's Job: the first is `<sweep>-<phase>`, the ones that continue it count from 2."""
    return f"{sweep}-{phase}" if attempt == 1 else f"{sweep}-{phase}-{attempt}"


def job_attempt(sweep: str, phase: str, job: str) -> int:
    """Return the attempt that `job_name` was given, 0 for a Job of another name."""
    first = job_name(sweep, phase, 1)
    if job == first:
        return 1
    suffix = job.removeprefix(f"{first}-")
    return int(suffix) if suffix != job and suffix.isdigit() else 0


def tier_condition(tier: str) -> str:
    """Return the condition that shows a tier: `minimum` becomes `MinimumSuccess`."""
    return f"{tier[:1].upper()}{tier[1:]}Success"


def study_name(namespace: str, sweep: str) -> str:
    """Return the name of a study whose sweep names none: unique in a database that several namespaces share."""
    return f"{namespace}.{sweep}"
