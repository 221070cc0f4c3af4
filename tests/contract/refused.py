"""The inputs that the API server must refuse, each with words that its sentence must contain.

A row is one mistake that a person makes: what is wrong, the sweep with the mistake, the field that the sentence names,
and what it says is allowed. `test_bad_inputs` sends them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.builders import (
    best_value,
    categorical_parameter,
    changed,
    float_parameter,
    int_parameter,
    study,
    sweep,
    trials_finished,
    when,
    without,
)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Refused:
    """One mistake and the words of the answer."""

    mistake: str
    sweep: Json
    field: str
    allowed: str


def _set(mistake: str, path: str, value: Any, field: str, allowed: str) -> Refused:
    return Refused(mistake, changed(sweep(), path, value), field, allowed)


def _space(mistake: str, *parameters: Json, field: str, allowed: str) -> Refused:
    return Refused(mistake, sweep(searchSpace=list(parameters)), field, allowed)


def _tier(mistake: str, *criteria: Json, field: str, allowed: str) -> Refused:
    return Refused(mistake, sweep(success={"minimum": list(criteria)}), field, allowed)


NAMES = [
    _set("name too long for its children", "metadata.name", "a" * 41, "`metadata.name`", "at most 40 characters"),
    _set("name with dots", "metadata.name", "vision.v3", "`metadata.name`", "lower-case letters, digits and `-`"),
    _set("study name with a blank at its end", "spec.study.name", "mnist ", "`spec.study.name`", "without white space"),
    _set("study name empty", "spec.study.name", "", "spec.study.name", "at least 1 chars"),
    _set("study name too long", "spec.study.name", "s" * 257, "spec.study.name", "256"),
    _set(
        "Secret name with capitals", "spec.study.storage.secretRef.name", "DB", "secretRef.name`", "lower-case letters"
    ),
    _set("URL in place of a key", "spec.study.storage.secretRef.key", "a://b", "secretRef.key`", "letters, digits"),
]

MISSING_AND_UNKNOWN = [
    Refused("no spec", without(sweep(), "spec"), "spec", "Required value"),
    *(
        Refused(f"no {path}", without(sweep(), path), path, "Required value")
        for path in (
            "spec.study",
            "spec.study.objectives",
            "spec.objective",
            "spec.objective.python",
            "spec.workers",
            "spec.workers.template",
            "spec.trials",
            "spec.trials.max",
        )
    ),
    Refused(
        "container without image",
        without(sweep(), "spec.workers.template.spec.containers.0.image"),
        "spec.workers.template.spec.containers[0].image",
        "Required value",
    ),
    _set("misspelt block", "spec.trails", {"max": 1}, 'unknown field "spec.trails"', "unknown field"),
    _set("misspelt field", "spec.trials.maxTrials", 1, 'unknown field "spec.trials.maxTrials"', "unknown field"),
    _set("field of the pod at the template", "spec.workers.template.volumes", [], "template.volumes", "unknown field"),
    _set(
        "command objective, not built yet", "spec.objective.command", ["x"], "spec.objective.command", "unknown field"
    ),
]

STUDY = [
    _set(
        "lower-case direction", "spec.study.objectives.0.direction", "maximize", "direction", '"Maximize", "Minimize"'
    ),
    _set(
        "objective name with a blank",
        "spec.study.objectives.0.name",
        "val acc",
        "objectives[].name`",
        "letters, digits",
    ),
    _set("no objective", "spec.study.objectives", [], "spec.study.objectives", "at least 1 items"),
    Refused(
        "two objectives",
        sweep(study={"objectives": [{"name": n, "direction": "Minimize"} for n in ("a", "b")]}),
        "spec.study.objectives",
        "at most 1 item",
    ),
    _set("sampler as an expression", "spec.study.sampler", {"name": "TPE()"}, "sampler.name`", "optuna.samplers"),
    _set("pruner as an expression", "spec.study.pruner", {"name": "a.b"}, "pruner.name`", "optuna.pruners"),
    _set("negative seed", "spec.study.sampler", {"seed": -1}, "sampler.seed", "greater than or equal to 0"),
    _set("seed too large", "spec.study.sampler", {"seed": 2**32}, "sampler.seed", "less than or equal to 4294967295"),
    _set("options as a list", "spec.study.sampler", {"options": []}, "sampler.options", "must be of type object"),
    Refused("adopt in words", sweep(study=study(adopt="yes")), "spec.study.adopt", "must be of type boolean"),
]

FLOATS = [
    _space(
        "bounds the wrong way round", float_parameter("x", 1.0, 0.5), field="float.low`", allowed="or equal to `high`"
    ),
    _space("log from zero", float_parameter("x", 0.0, 1.0, log=True), field="float.low`", allowed="greater than 0"),
    _space("log and step", float_parameter("x", 1, 2, log=True, step=1), field="[].float`", allowed="at most one of"),
    _space("step zero", float_parameter("x", 0, 1, step=0), field="float.step`", allowed="greater than 0"),
    _space("step too large", float_parameter("x", 0, 1, step=2), field="float.step`", allowed="less than or equal to"),
    _space("bound as text", float_parameter("x", "1e-5", 1), field="float.low", allowed="must be of type number"),
    _space("no upper bound", {"name": "x", "float": {"low": 0}}, field="float.high", allowed="Required value"),
]

INTS = [
    _space("int bounds the wrong way round", int_parameter("n", 9, 2), field="int.low`", allowed="or equal to `high`"),
    _space("int log from zero", int_parameter("n", 0, 8, log=True), field="int.low`", allowed="greater than 0"),
    _space("int log and step", int_parameter("n", 1, 8, log=True, step=2), field="[].int`", allowed="at most one of"),
    _space("int step negative", int_parameter("n", 1, 8, step=-1), field="int.step`", allowed="greater than 0"),
    _space("int step too large", int_parameter("n", 1, 8, step=8), field="int.step`", allowed="less than or equal to"),
    _space("half as a whole number", int_parameter("n", 1.5, 8), field="int.low", allowed="must be of type integer"),
    _space("int beyond 2^53", int_parameter("n", 1, 2**60), field="int.high", allowed="less than or equal to"),
]

PARAMETERS = [
    _space("empty search space", field="spec.searchSpace", allowed="at least 1 items"),
    _space(
        "too many parameters", *(int_parameter(f"p{i}", 0, 1) for i in range(101)), field="searchSpace", allowed="100"
    ),
    _space("same name twice", *[int_parameter("n", 0, 1)] * 2, field="spec.searchSpace[1]", allowed="Duplicate value"),
    _space("name with a blank", int_parameter("a b", 0, 1), field="searchSpace[].name`", allowed="letters, digits"),
    _space("name too long", int_parameter("n" * 64, 0, 1), field="searchSpace[0].name", allowed="63"),
    _space("no kind", {"name": "n"}, field="spec.searchSpace[]`", allowed="exactly one of `float`, `int`"),
    _space(
        "two kinds",
        int_parameter("n", 0, 1) | categorical_parameter("n", 1),
        field="spec.searchSpace[]`",
        allowed="exactly one of",
    ),
    _space("empty choices", categorical_parameter("c"), field="categorical.choices", allowed="at least 1 items"),
    _space("list as a choice", categorical_parameter("c", [1]), field="choices[0]", allowed="at most 0 items"),
    _space("object as a choice", categorical_parameter("c", {"a": 1}), field="choices[0]", allowed="at most 0 items"),
    _space("too many choices", categorical_parameter("c", *range(101)), field="categorical.choices", allowed="100"),
    _space(
        "condition on an unknown parameter",
        int_parameter("depth", 1, 8, when=when("encoder", "cnn")),
        field="when.parameter`",
        allowed="`name` of another parameter",
    ),
    _space(
        "condition on itself",
        int_parameter("depth", 1, 8, when=when("depth", 1)),
        field="when.parameter`",
        allowed="not of the same one",
    ),
    _space(
        "two parameters that wait for each other",
        int_parameter("a", 0, 1, when=when("b", 1)),
        int_parameter("b", 0, 1, when=when("a", 1)),
        field="when.parameter`",
        allowed="must not depend on each other",
    ),
    _space(
        "condition without values",
        categorical_parameter("a", 1),
        int_parameter("b", 0, 1, when=when("a")),
        field="when.in",
        allowed="at least 1 items",
    ),
]

OBJECTIVE_AND_WORKERS = [
    _set("objective as a file", "spec.objective.python", "train.py", "objective.python`", "`module:function`"),
    _set("objective with a call", "spec.objective.python", "train:f()", "objective.python`", "`module:function`"),
    _set("fixed as a list", "spec.objective.fixed", [1], "spec.objective.fixed", "must be of type object"),
    _set("source without a name", "spec.objective.sourceRef", {"configMap": {}}, "configMap.name", "Required value"),
    _set("negative replicas", "spec.workers.replicas", -1, "spec.workers.replicas", "greater than or equal to 0"),
    _set("too many replicas", "spec.workers.replicas", 1001, "spec.workers.replicas", "less than or equal to 1000"),
    _set(
        "no container `trial`",
        "spec.workers.template.spec.containers.0.name",
        "main",
        "`spec.workers.template.spec.containers`",
        "with the name `trial`",
    ),
    _set("no container", "spec.workers.template.spec.containers", [], "spec.containers", "at least 1 items"),
    _set("pods that restart", "spec.workers.template.spec.restartPolicy", "Always", "restartPolicy", '"Never"'),
    _set(
        "label of the operator",
        "spec.workers.template.metadata.labels",
        {"hposweep.dev/sweep": "other"},
        "metadata.labels`",
        "the operator sets them",
    ),
]

BUDGET_AND_SUCCESS = [
    _set("no trials", "spec.trials.max", 0, "spec.trials.max", "greater than or equal to 1"),
    _set("too many trials", "spec.trials.max", 1_000_001, "spec.trials.max", "less than or equal to 1000000"),
    _set("number of trials as text", "spec.trials.max", "ten", "spec.trials.max", "must be of type integer"),
    _set("unknown way to stop", "spec.stop", "Now", "spec.stop", '"None", "Drain", "Terminate"'),
    _set("unknown deletion policy", "spec.deletionPolicy", "Keep", "spec.deletionPolicy", '"Retain", "Delete"'),
    _set("suspend in words", "spec.suspend", "true", "spec.suspend", "must be of type boolean"),
    _set("tier with a capital", "spec.success", {"Full": [trials_finished(1)]}, "`spec.success`", "lower-case letter"),
    _set("tier without criteria", "spec.success", {"full": []}, "spec.success.full", "at least 1 items"),
    _set(
        "too many tiers",
        "spec.success",
        {f"tier{i}": [trials_finished(1)] for i in range(9)},
        "spec.success",
        "at most 8 items",
    ),
    _tier("criterion without a kind", {}, field="spec.success.<tier>[]`", allowed="exactly one of"),
    _tier(
        "criterion with two kinds",
        trials_finished(1) | best_value(less_than=1),
        field="spec.success.<tier>[]`",
        allowed="exactly one of",
    ),
    _tier("threshold missing", {"bestValue": {}}, field="bestValue`", allowed="`greaterThan` and `lessThan`"),
    _tier(
        "threshold on both sides",
        best_value(greater_than=1, less_than=2),
        field="bestValue`",
        allowed="`greaterThan` and `lessThan`",
    ),
    _tier(
        "criterion on an unknown objective",
        best_value(greater_than=1, objective="accuracy"),
        field="bestValue.objective`",
        allowed="one of `spec.study.objectives`",
    ),
    _tier("no finished trial is enough", trials_finished(0), field="trialsFinished.min", allowed="or equal to 1"),
]

REFUSED = [
    *NAMES,
    *MISSING_AND_UNKNOWN,
    *STUDY,
    *FLOATS,
    *INTS,
    *PARAMETERS,
    *OBJECTIVE_AND_WORKERS,
    *BUDGET_AND_SUCCESS,
]
