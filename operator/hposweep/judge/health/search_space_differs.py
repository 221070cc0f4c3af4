"""The objective asks for other parameters than the search space has. Listed in `rules`."""

from __future__ import annotations

from hposweep.judge.health.rule import Diagnosis, HealthRule
from hposweep.judge.health.view import View
from hposweep.judge.space_agreement import differences
from hposweep.model.findings import Severity
from hposweep.text import count

_MAX_NAMED = 4


def _check(view: View) -> Diagnosis | None:
    """Fire from the first complete trial on, because every further trial searches the other space as well."""
    all_differences = differences(view.evidence)
    if not all_differences:
        return None
    omitted = len(all_differences) - _MAX_NAMED
    parts = [difference.sentence for difference in all_differences[:_MAX_NAMED]]
    if omitted > 0:
        parts.append(f"{count(omitted, 'more parameter')} as well")
    message = f"{'; '.join(parts)}. Likely: an objective that suggests its parameters itself"
    action = (
        "call `params(trial)` in the objective, or make `spec.searchSpace` equal to what it asks for; criteria on "
        "these parameters are Unknown until then"
    )
    return Diagnosis(message, action)


RULE = HealthRule("SearchSpaceDiffers", Severity.WARNING, _check)
