"""Mistakes about what workers run and how long: objective, workers, budget, success. Part of `refused`."""

from __future__ import annotations

from tests.builders import best_value, changed, sweep, trials_finished, without
from tests.contract.mistake import Refused, one, tier

OBJECTIVE_AND_WORKERS = [
    one("objective as a file", "spec.objective.python", "train.py", "objective.python`", "`module:function`"),
    one("objective with a call", "spec.objective.python", "train:f()", "objective.python`", "`module:function`"),
    Refused(
        "function and command",
        changed(sweep(), "spec.objective.command", ["./train"]),
        "`spec.objective`",
        "exactly one of `python` and `command`",
    ),
    Refused(
        "neither function nor command",
        without(sweep(), "spec.objective.python"),
        "`spec.objective`",
        "exactly one of `python` and `command`",
    ),
    one("command without words", "spec.objective", {"command": []}, "spec.objective.command", "at least 1 items"),
    one(
        "command of too many words", "spec.objective", {"command": ["a"] * 65}, "objective.command", "at most 64 items"
    ),
    one("command as a line", "spec.objective", {"command": "python train.py"}, "command", "must be of type array"),
    one("command with a number", "spec.objective", {"command": ["a", 1]}, "command[1]", "must be of type string"),
    one("program without a name", "spec.objective", {"command": ["", "-v"]}, "command[0]`", "not empty"),
    one("two colons", "spec.objective.python", "train:Model:fit", "objective.python`", "`module:Class.method`"),
    one("method without a name", "spec.objective.python", "train:Model.", "objective.python`", "`module:Class.method`"),
    one("callback as a file", "spec.objective.callbacks", ["track.py"], "callbacks[]`", "`module:function`"),
    one("no callback", "spec.objective.callbacks", [], "objective.callbacks", "at least 1 items"),
    one("too many callbacks", "spec.objective.callbacks", ["m:f"] * 17, "objective.callbacks", "at most 16 items"),
    one("fixed as a list", "spec.objective.fixed", [1], "spec.objective.fixed", "must be of type object"),
    one("source without a name", "spec.objective.sourceRef", {"configMap": {}}, "configMap.name", "Required value"),
    one("negative replicas", "spec.workers.replicas", -1, "spec.workers.replicas", "greater than or equal to 0"),
    one("too many replicas", "spec.workers.replicas", 1001, "spec.workers.replicas", "less than or equal to 1000"),
    one("unknown isolation", "spec.workers.isolation", "Thread", "spec.workers.isolation", '"Process", "None"'),
    one("checkpoints as a path", "spec.workers.checkpoints", "/ckpt", "checkpoints", "must be of type object"),
    one("checkpoints nowhere", "spec.workers.checkpoints", {"keep": "All"}, "checkpoints.path", "Required value"),
    one("relative checkpoints", "spec.workers.checkpoints", {"path": "ckpt"}, "checkpoints.path`", "absolute path"),
    one(
        "unknown way to keep checkpoints",
        "spec.workers.checkpoints",
        {"path": "/ckpt", "keep": "Newest"},
        "checkpoints.keep",
        '"None", "Best", "All"',
    ),
    one("node lost at once", "spec.workers.nodeLostSeconds", 0, "nodeLostSeconds", "greater than or equal to 1"),
    one(
        "no container `trial`",
        "spec.workers.template.spec.containers.0.name",
        "main",
        "`spec.workers.template.spec.containers`",
        "with the name `trial`",
    ),
    one("no container", "spec.workers.template.spec.containers", [], "spec.containers", "at least 1 items"),
    one("pods that restart", "spec.workers.template.spec.restartPolicy", "Always", "restartPolicy", '"Never"'),
    one(
        "label of the operator",
        "spec.workers.template.metadata.labels",
        {"hposweep.dev/sweep": "other"},
        "metadata.labels`",
        "the operator sets them",
    ),
]

BUDGET_AND_SUCCESS = [
    one("no trials", "spec.trials.max", 0, "spec.trials.max", "greater than or equal to 1"),
    one("too many trials", "spec.trials.max", 100_001, "spec.trials.max", "less than or equal to 100000"),
    one("number of trials as text", "spec.trials.max", "ten", "spec.trials.max", "must be of type integer"),
    one("no time for a trial", "spec.trials.timeoutSeconds", 0, "timeoutSeconds", "greater than or equal to 1"),
    one("timeout with a unit", "spec.trials.timeoutSeconds", "30m", "timeoutSeconds", "must be of type integer"),
    one("negative retries", "spec.trials.maxRetries", -1, "spec.trials.maxRetries", "greater than or equal to 0"),
    one("too many retries", "spec.trials.maxRetries", 101, "spec.trials.maxRetries", "less than or equal to 100"),
    one("negative failures", "spec.trials.maxFailed", -1, "spec.trials.maxFailed", "greater than or equal to 0"),
    one("failures in words", "spec.trials.maxFailed", "few", "`spec.trials.maxFailed`", "for instance `10%`"),
    one("more than all may fail", "spec.trials.maxFailed", "101%", "`spec.trials.maxFailed`", "from `0%` to `100%`"),
    one("failures without a unit", "spec.trials.maxFailed", "10", "`spec.trials.maxFailed`", "for instance `10%`"),
    one("failures as a fraction", "spec.trials.maxFailed", 0.1, "spec.trials.maxFailed", "integer"),
    one("unknown way to stop", "spec.stop", "Now", "spec.stop", '"None", "Drain", "Terminate"'),
    one("unknown deletion policy", "spec.deletionPolicy", "Keep", "spec.deletionPolicy", '"Retain", "Delete"'),
    one("suspend in words", "spec.suspend", "true", "spec.suspend", "must be of type boolean"),
    one("tier with a capital", "spec.success", {"Full": [trials_finished(1)]}, "`spec.success`", "lower-case letter"),
    one("tier without criteria", "spec.success", {"full": []}, "spec.success.full", "at least 1 items"),
    one(
        "too many tiers",
        "spec.success",
        {f"tier{i}": [trials_finished(1)] for i in range(9)},
        "spec.success",
        "at most 8 items",
    ),
    tier("criterion without a kind", {}, field="spec.success.<tier>[]`", allowed="exactly one of"),
    tier(
        "criterion with two kinds",
        trials_finished(1) | best_value(less_than=1),
        field="spec.success.<tier>[]`",
        allowed="exactly one of",
    ),
    tier("threshold missing", {"bestValue": {}}, field="bestValue`", allowed="`greaterThan`, `lessThan` and"),
    tier(
        "threshold on both sides",
        best_value(greater_than=1, less_than=2),
        field="bestValue`",
        allowed="`greaterThan`, `lessThan` and",
    ),
    tier(
        "criterion on an unknown objective",
        best_value(greater_than=1, objective="accuracy"),
        field="bestValue.objective`",
        allowed="one of `spec.study.objectives`",
    ),
    tier(
        "restriction without a value",
        best_value(greater_than=1, where={}),
        field="bestValue.where",
        allowed="at least 1",
    ),
    tier(
        "restriction to a mapping",
        best_value(greater_than=1, where={"x": {"low": 1}}),
        field="bestValue.where.x",
        allowed="",
    ),
    tier("no finished trial is enough", trials_finished(0), field="trialsFinished.min", allowed="or equal to 1"),
]
