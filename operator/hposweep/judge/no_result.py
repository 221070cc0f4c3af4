"""The end of a sweep of which no trial completed: it failed, however it ended. Called by `end` and a rule of health."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from hposweep.api import conditions
from hposweep.judge.health.failure_summary import remedy, summarize
from hposweep.model.history import PRUNED, History, Trial
from hposweep.model.trials import Counts
from hposweep.model.verdicts import End
from hposweep.text import first_line, truncate
from hpotrial.protocol import PRUNED_BECAUSE

PRUNED_ACTION = (
    "let the first trials run to their end (`n_startup_trials` or `n_warmup_steps` of `spec.study.pruner`), or check "
    "the condition under which the objective raises TrialPruned"
)
_NONE_ACTION = "check `WorkersReady` for why no trial ran, or allow the sweep more time"
_REASON_CHARACTERS = 160


def no_trial_completed(ending: End, counts: Counts, history: History | None) -> End:
    """Return the failure: how many trials failed and were pruned, mostly of what, and how the sweep ended."""
    failed = [trial for trial in history.finished if trial.is_failed] if history is not None else []
    pruned = [trial for trial in history.finished if trial.state == PRUNED] if history is not None else []
    parts = [
        f"no trial completed: {shares(counts)}",
        summarize(failed, max_classes=1, has_tail=False) if failed else "",
        f"pruned {text}" if (text := pruned_reason(pruned)) else "",
        ending.message if ending.reason != conditions.BUDGET_REACHED else "",
    ]
    message = "; ".join(part for part in parts if part)
    return End(conditions.NO_TRIAL_COMPLETED, message, is_failure=True, action=action(counts, failed))


def shares(counts: Counts) -> str:
    """Return `3 failed and 2 pruned of 5 trials`, `all 6 trials were pruned`, `none was finished`."""
    failed, pruned, finished = counts.charged_failures, counts.pruned, counts.finished
    if not finished:
        return "none finished"
    if failed and pruned:
        return f"{failed} failed and {pruned} were pruned of {finished} trials"
    end = "failed" if failed else "was pruned" if finished == 1 else "were pruned"
    return f"the only trial {end}" if finished == 1 else f"all {finished} trials {end}"


def pruned_reason(pruned: Sequence[Trial]) -> str:
    """Return the most frequent reason that the objective gave with TrialPruned; "" when it gave none."""
    reasons = Counter(
        truncate(first_line(str(reason)), _REASON_CHARACTERS)
        for trial in pruned
        if (reason := trial.attributes.get(PRUNED_BECAUSE))
    )
    if not reasons:
        return ""
    reason = min(reasons, key=lambda entry: (-reasons[entry], entry))
    return f'mostly because of "{reason}" ({reasons[reason]} of {len(pruned)})'


def action(counts: Counts, failed: Sequence[Trial]) -> str:
    """Return what to do: the remedy of the failures, unless more trials were pruned."""
    if not counts.finished:
        return _NONE_ACTION
    if counts.charged_failures < counts.pruned or not failed:
        return PRUNED_ACTION if counts.pruned else "read the logs of the trials"
    return remedy(failed)
