"""`boundariesResolved`: the elite of numeric parameters lies inside their ranges, so that the ranges are wide enough.

Without probes this is a description, and worded so: an adaptive sampler settles inside also when the optimum is at a
bound, and no test after the fact finds that out. Probes (contrast pairs with the parameter moved to a bound) decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hposweep.api.criteria import BoundariesResolved
from hposweep.judge.criteria.boundary_zones import INSIDE, MOST_NEAR, TOUCHING, Bounds, Zones, zones
from hposweep.judge.criteria.categorical import parameter_named
from hposweep.judge.criteria.kind import CriterionKind, ParameterDomain, ParameterReference, list_references
from hposweep.judge.criteria.verdicts import percent, so_far, too_few, unreadable
from hposweep.judge.evidence import Evidence
from hposweep.judge.sample import FEWEST_VALUED, sample
from hposweep.model.history import History
from hposweep.model.verdicts import CriterionVerdict, Outcome

NAME = "boundariesResolved"


def boundaries_resolved(criterion: BoundariesResolved, evidence: Evidence) -> CriterionVerdict:
    wish = f"the elite inside the range of {', '.join(criterion.parameters)}"
    if evidence.study is None or evidence.history is None:
        return unreadable(NAME, wish, MOST_NEAR)
    names = tuple(dict.fromkeys(criterion.parameters))
    found: dict[str, Zones] = {}
    for name in names:
        judged = _zones(evidence, evidence.history, name, criterion.margin, len(names))
        if isinstance(judged, str):
            return CriterionVerdict(NAME, Outcome.UNKNOWN, f"{wish}: {judged}", threshold=MOST_NEAR)
        if isinstance(judged, int):
            return too_few(NAME, wish, name, judged, MOST_NEAR)
        found[name] = judged
    return _verdict(wish, found, criterion.margin, evidence)


def _zones(evidence: Evidence, history: History, name: str, margin: float, looked_at: int) -> Zones | str | int:
    """A sentence when there are no bounds, the number of trials when they are too few."""
    parameter = parameter_named(evidence, name)
    domain = None if parameter is None else (parameter.float_ or parameter.int_)
    if domain is None:
        return f"`spec.searchSpace` has no range of `{name}`, so there are no bounds to compare with"
    if domain.high <= domain.low:
        return f"the range of `{name}` is one value"
    drawn = sample(evidence, history, name)
    if drawn.n < FEWEST_VALUED:
        return drawn.n
    numbers = drawn.numbers
    if numbers is None:
        return f"`{name}` was not always a number"
    is_whole = parameter is not None and parameter.int_ is not None
    bounds = Bounds(domain.low, domain.high, domain.log, domain.step or (1 if is_whole else None), is_whole)
    return zones(evidence, history, name, bounds, margin, looked_at, drawn, numbers)


def _verdict(wish: str, found: dict[str, Zones], margin: float, evidence: Evidence) -> CriterionVerdict:
    touching = [name for name, zone in found.items() if zone.outcome == TOUCHING]
    is_tested = all(zone.is_decided_by_probes for zone in found.values())
    words = ", ".join(f"{name} {zone.words}" for name, zone in found.items())
    if touching:
        outcome = Outcome.FALSE if evidence.has_ended else Outcome.UNKNOWN
        rest = f"{', '.join(touching)}: the better trials lie at the bound: widen the range"
    elif all(zone.outcome == INSIDE for zone in found.values()):
        outcome = Outcome.TRUE
        rest = "the elite lie inside" + ("" if is_tested else " (a description: few trials were made near the bounds)")
    else:
        outcome, rest = Outcome.UNKNOWN, "neither inside nor clearly at a bound; probes (`spec.contrast`) would decide"
    worst = max(zone.near / zone.elite for zone in found.values())
    message = f"{wish}: {so_far(evidence)}elite trials in the outer {percent(margin)} of each side: {words}; {rest}"
    numbers: Mapping[str, Any] = {name: zone.numbers for name, zone in found.items()}
    trials = min(zone.trials for zone in found.values())
    return CriterionVerdict(NAME, outcome, message, worst, MOST_NEAR, MOST_NEAR - worst, trials, numbers)


class BoundariesResolvedKind(CriterionKind[BoundariesResolved]):
    """Only numbers have bounds."""

    field = "boundaries_resolved"
    domain = ParameterDomain.NUMERIC
    uses_elite = True

    def verdict(self, criterion: BoundariesResolved, evidence: Evidence) -> CriterionVerdict:
        return boundaries_resolved(criterion, evidence)

    def references(self, criterion: BoundariesResolved) -> tuple[ParameterReference, ...]:
        return list_references(criterion.parameters)


KIND = BoundariesResolvedKind()
