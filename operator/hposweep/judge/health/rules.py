"""All rules of health. `findings` and `next_check` run them; the tests hold `docs/how-to/health.md` against them."""

from __future__ import annotations

from hposweep.judge.health import (
    duplicates,
    failing_immediately,
    no_improvement,
    no_progress,
    no_trial_completed,
    parameter_never_varies,
    sampler_fails,
    search_space_differs,
    slow_trials,
    source_changed,
    stuck_at_baseline,
    too_many_failures,
    trial_unreadable,
    value_dominates,
)
from hposweep.judge.health.rule import HealthRule

# In this order within a severity: the rule whose finding wastes most comes first.
RULES: tuple[HealthRule, ...] = (
    failing_immediately.RULE,
    too_many_failures.RULE,
    no_trial_completed.RULE,
    no_progress.RULE,
    sampler_fails.RULE,
    slow_trials.RULE,
    search_space_differs.RULE,
    trial_unreadable.RULE,
    source_changed.RULE,
    parameter_never_varies.RULE,
    duplicates.RULE,
    stuck_at_baseline.RULE,
    value_dominates.RULE,
    no_improvement.RULE,
)
