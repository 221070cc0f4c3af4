"""`boundariesResolved`: the elite of numeric parameters is inside their ranges, so that the ranges are wide enough.

Without probes this is a description, and the message says so: an adaptive sampler settles inside also when the optimum
is at a bound, and no test afterwards can detect it. Probes (contrast pairs with the parameter at a bound) decide.
"""

from __future__ import annotations

from collections.abc import Mapping

from hposweep.api.criteria import BoundariesResolved
from hposweep.judge.criteria.boundary_zones import INSIDE, MAX_NEAR, TOUCHING, Bounds, Zones, zones
from hposweep.judge.criteria.categorical import parameter_named
from hposweep.judge.criteria.kind import CriterionKind, ParameterDomain, ParameterReference, list_references
from hposweep.judge.criteria.verdicts import percent, so_far, too_few, unreadable
from hposweep.judge.evidence import Evidence
from hposweep.judge.sample import MIN_VALUED_TRIALS, sample
from hposweep.model.history import History
from hposweep.model.verdicts import CriterionVerdict, Outcome

NAME = "boundariesResolved"


def _verdict(criterion: BoundariesResolved, evidence: Evidence) -> CriterionVerdict:
    requirement = f"the elite inside the range of {', '.join(criterion.parameters)}"
    if evidence.study is None or evidence.history is None:
        return unreadable(NAME, requirement, MAX_NEAR)
    names = tuple(dict.fromkeys(criterion.parameters))
    by_parameter: dict[str, Zones] = {}
    for name in names:
        measurement = parameter_zones(evidence, evidence.history, name, criterion.margin, len(names))
        if isinstance(measurement, str):
            return CriterionVerdict(NAME, Outcome.UNKNOWN, f"{requirement}: {measurement}", threshold=MAX_NEAR)
        if isinstance(measurement, int):
            return too_few(NAME, requirement, name, measurement, MAX_NEAR)
        by_parameter[name] = measurement
    outcome, reason = _decide(by_parameter, has_ended=evidence.has_ended)
    worst = max(zone.near / zone.elite for zone in by_parameter.values())
    counts = ", ".join(f"{name} {zone.words}" for name, zone in by_parameter.items())
    message = (
        f"{requirement}: {so_far(evidence)}elite trials in the outer {percent(criterion.margin)} of each side: "
        f"{counts}; {reason}"
    )
    numbers = {name: zone.numbers for name, zone in by_parameter.items()}
    trials = min(zone.trials for zone in by_parameter.values())
    return CriterionVerdict(NAME, outcome, message, worst, MAX_NEAR, MAX_NEAR - worst, trials, numbers)


def parameter_zones(
    evidence: Evidence, history: History, name: str, margin: float, comparisons: int
) -> Zones | str | int:
    """Return a sentence when there are no bounds, the number of trials when they are too few."""
    parameter = parameter_named(evidence, name)
    domain = None if parameter is None else (parameter.float_ or parameter.int_)
    if domain is None:
        return f"`spec.searchSpace` has no range of `{name}`, so there are no bounds to compare with"
    if domain.high <= domain.low:
        return f"the range of `{name}` is one value"
    trial_sample = sample(evidence, history, name)
    if trial_sample.n < MIN_VALUED_TRIALS:
        return trial_sample.n
    numbers = trial_sample.numbers
    if numbers is None:
        return f"`{name}` was not always a number"
    is_whole = parameter is not None and parameter.int_ is not None
    bounds = Bounds(domain.low, domain.high, domain.log, domain.step or (1 if is_whole else None), is_whole)
    return zones(evidence, history, name, bounds, margin, comparisons, trial_sample, numbers)


def _decide(by_parameter: Mapping[str, Zones], *, has_ended: bool) -> tuple[Outcome, str]:
    """Return the outcome and the reason as a sentence."""
    touching = [name for name, zone in by_parameter.items() if zone.outcome == TOUCHING]
    if touching:
        outcome = Outcome.FALSE if has_ended else Outcome.UNKNOWN
        return outcome, f"the better trials of {', '.join(touching)} lie at the bound. Widen the range"
    if all(zone.outcome == INSIDE for zone in by_parameter.values()):
        is_tested = all(zone.is_decided_by_probes for zone in by_parameter.values())
        note = "" if is_tested else " (a description, not a test: few trials were near the bounds)"
        return Outcome.TRUE, f"the elite is inside{note}"
    return Outcome.UNKNOWN, "neither inside nor clearly at a bound. Probes (`spec.contrast`) would decide"


class BoundariesResolvedKind(CriterionKind[BoundariesResolved]):
    """Only numbers have bounds."""

    field = "boundaries_resolved"
    domain = ParameterDomain.NUMERIC
    uses_elite = True

    def verdict(self, criterion: BoundariesResolved, evidence: Evidence) -> CriterionVerdict:
        return _verdict(criterion, evidence)

    def references(self, criterion: BoundariesResolved) -> tuple[ParameterReference, ...]:
        return list_references(criterion.parameters)


KIND = BoundariesResolvedKind()
