"""Decision points, and time."""

from __future__ import annotations

from hposweep.judge.linter.rules import LinterRule
from tests import builders as b
from tests.unit.judge.linter.case import Case, above, below, point, points, rule

FOUR = b.workers(4)
HOUR = 3600
GPU_WORKER = {
    "replicas": 2,
    "template": {"spec": {"containers": [{"name": "trial", "resources": {"limits": {"nvidia.com/gpu": 1}}}]}},
}
CLAIM_WORKER = {
    "replicas": 2,
    "template": {"spec": {"containers": [{"name": "trial", "resources": {"claims": [{"name": "gpu"}]}}]}},
}

CASES = (
    Case(
        LinterRule.SILENT_DECISION,
        points(point(rule(below(0.26), "Stop"), rule(above(0.3)), otherwise=None)),
        points(point(rule(below(0.26), "Stop"), rule(above(0.3)))),
        ("`score` in [0.26, 0.3]", "`otherwise: Ask`"),
        "Error",
        ("spec.decisionPoints[0].otherwise",),
    ),
    Case(
        LinterRule.UNREACHABLE_RULE,
        points(point(rule(above(0.3)), rule(above(0.32)))),
        points(point(rule(above(0.32)), rule(above(0.3)))),
        ("never decides", "above 0.32", "above 0.3"),
    ),
    Case(
        LinterRule.OVERLAPPING_RULES,
        points(point(rule(below(0.5), "Stop"), rule(above(0.3)))),
        points(point(rule(below(0.3), "Stop"), rule(above(0.3)))),
        ("between 0.3 and 0.5", "Stop", "Continue"),
    ),
    Case(
        LinterRule.DECISION_BEYOND_BUDGET,
        points(point(trials=101)),
        points(point(trials=99)),
        ("101", "`spec.trials.max` is 100"),
        "Error",
        ("spec.decisionPoints[0].at.trials", "spec.trials.max"),
    ),
    Case(
        LinterRule.DECISION_BEYOND_BUDGET,
        points(point(seconds=HOUR), budget={"activeDeadlineSeconds": HOUR}),
        points(point(seconds=HOUR - 1), budget={"activeDeadlineSeconds": HOUR}),
        ("3600 s (1 h)", "never reached"),
        "Error",
    ),
    Case(
        LinterRule.DECISION_BEYOND_BUDGET,
        points(point(gpuSeconds=HOUR)),
        points(point(gpuSeconds=HOUR), workers=GPU_WORKER),
        ("`nvidia.com/gpu`",),
        "Error",
    ),
    Case(
        LinterRule.DECISION_BEYOND_BUDGET,
        points(point(gpuSeconds=2 * HOUR + 1), workers=GPU_WORKER, budget={"activeDeadlineSeconds": HOUR}),
        points(point(gpuSeconds=2 * HOUR), workers=GPU_WORKER, budget={"activeDeadlineSeconds": HOUR}),
        ("7200 GPU seconds",),
        "Error",
    ),
    Case(
        LinterRule.DECISION_BEYOND_BUDGET,
        points(point(gpuSeconds=HOUR), workers=GPU_WORKER, budget={"gpuSeconds": HOUR}),
        points(point(gpuSeconds=HOUR - 1), workers=GPU_WORKER, budget={"gpuSeconds": HOUR}),
        ("`spec.budget.gpuSeconds` ends the sweep at 3600", "never reached"),
        "Error",
    ),
    Case(
        LinterRule.GPU_BUDGET_WITHOUT_GPUS,
        {"budget": {"gpuSeconds": HOUR}},
        {"budget": {"gpuSeconds": HOUR}, "workers": GPU_WORKER},
        ("no GPU limit", "leave it out", "`nvidia.com/gpu`"),
        "Error",
        ("spec.budget.gpuSeconds", "spec.workers.template"),
    ),
    Case(
        LinterRule.GPU_BUDGET_BEYOND_DEADLINE,
        {"budget": {"gpuSeconds": 2 * HOUR + 1, "activeDeadlineSeconds": HOUR}, "workers": GPU_WORKER},
        {"budget": {"gpuSeconds": 2 * HOUR, "activeDeadlineSeconds": HOUR}, "workers": GPU_WORKER},
        ("7201", "7200 GPU seconds", "2 workers with 1 GPU each"),
    ),
    Case(
        LinterRule.COST_WITHOUT_GPUS,
        {"cost": {"pricePerGpuHour": 2.5, "currency": "EUR"}},
        {"cost": {"pricePerGpuHour": 2.5, "currency": "EUR"}, "workers": GPU_WORKER},
        ("no GPU limit", "leave it out"),
    ),
    Case(
        LinterRule.GPUS_ASSUMED,
        points(point(gpuSeconds=HOUR), workers=CLAIM_WORKER),
        points(point(gpuSeconds=HOUR), workers=GPU_WORKER),
        ("`gpu` is counted as 1", "`HPOSWEEP_GPU_WEIGHTS=resourceClaim=n`"),
    ),
    Case(
        LinterRule.DECISION_AT_THE_END,
        points(point(fraction=1.0)),
        points(point(fraction=0.99)),
        ("100 trials", "nothing is left"),
    ),
    Case(
        LinterRule.DECISIONS_OUT_OF_ORDER,
        points(point(trials=60), point(fraction=0.5, name="late")),
        points(point(trials=50), point(fraction=0.5, name="late")),
        ("`spec.decisionPoints[1].at` follows and is due at 50", "60 trials"),
        "Error",
    ),
    Case(
        LinterRule.DEADLINE_TOO_SHORT,
        {
            "workers": FOUR,
            "trials": {"max": 100, "timeoutSeconds": 1800},
            "budget": {"activeDeadlineSeconds": HOUR},
        },
        {
            "workers": FOUR,
            "trials": {"max": 100, "timeoutSeconds": 1800},
            "budget": {"activeDeadlineSeconds": HOUR},
            "baseline": {"value": 0.5, "trialSeconds": 140},  # what was measured counts
        },
        ("4 workers run 8 trials", "one worker runs 2", "45000 s (12 h 30 min)"),
        "Error",
        ("spec.budget.activeDeadlineSeconds",),
    ),
    Case(
        LinterRule.DEADLINE_TOO_SHORT,
        {"trials": {"max": 3, "timeoutSeconds": 1800}, "budget": {"activeDeadlineSeconds": HOUR}},
        {"trials": {"max": 2, "timeoutSeconds": 1800}, "budget": {"activeDeadlineSeconds": HOUR}},
        ("1 worker runs 2 trials",),
    ),
    Case(
        LinterRule.DEADLINE_TOO_SHORT,
        {"trials": {"max": 30, "timeoutSeconds": 1800}, "budget": {"activeDeadlineSeconds": HOUR}},
        {
            "trials": {"max": 30, "timeoutSeconds": 1800},
            "budget": {"activeDeadlineSeconds": HOUR},
            "health": {"maxTrialSeconds": 120},  # a generous timeout is no estimate
        },
        ("set `spec.health.maxTrialSeconds`",),
        "Error",
    ),
    Case(
        LinterRule.LONGER_THAN_EXPECTED,
        {"workers": FOUR, "trials": {"max": 100, "timeoutSeconds": 1800}, "budget": {"expectedSeconds": 12 * HOUR}},
        {"workers": FOUR, "trials": {"max": 100, "timeoutSeconds": 1800}, "budget": {"expectedSeconds": 45000}},
        ("45000 s (12 h 30 min)", "43200 s (12 h)"),
    ),
    Case(
        LinterRule.EXPECTED_BEYOND_DEADLINE,
        {"budget": {"activeDeadlineSeconds": HOUR, "expectedSeconds": HOUR + 1}},
        {"budget": {"activeDeadlineSeconds": HOUR, "expectedSeconds": HOUR}},
        ("3601 s", "3600 s"),
    ),
    Case(
        LinterRule.SLOW_LIMIT_BEYOND_TIMEOUT,
        {"trials": {"max": 100, "timeoutSeconds": 60}, "health": {"maxTrialSeconds": 61}},
        {"trials": {"max": 100, "timeoutSeconds": 60}, "health": {"maxTrialSeconds": 60}},
        ("61 s", "60 s"),
    ),
    Case(
        LinterRule.MORE_WORKERS_THAN_TRIALS,
        {"workers": FOUR, "trials": {"max": 3}},
        {"workers": FOUR, "trials": {"max": 4}},
        ("4 workers", "3 trials", "1 worker would have nothing"),
    ),
)
