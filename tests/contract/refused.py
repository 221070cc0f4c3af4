"""The inputs that the API server must refuse, each with words that its sentence must contain.

A row is one mistake that a person makes: what is wrong, the sweep with the mistake, the field that the sentence names,
and what it says is allowed. `test_bad_inputs` sends them.
"""

from __future__ import annotations

from tests.builders import categorical_parameter, float_parameter, int_parameter, study, sweep, when, without
from tests.contract.mistake import Json, Refused, one
from tests.contract.refused_judgement import JUDGEMENT
from tests.contract.refused_preflight import PREFLIGHT
from tests.contract.refused_work import BUDGET_AND_SUCCESS, OBJECTIVE_AND_WORKERS


def _space(mistake: str, *parameters: Json, field: str, allowed: str) -> Refused:
    return Refused(mistake, sweep(searchSpace=list(parameters)), field, allowed)


CA = {"configMap": {"name": "db-ca", "key": "ca.crt"}}

NAMES = [
    one("name too long for its children", "metadata.name", "a" * 41, "`metadata.name`", "at most 40 characters"),
    one("name with dots", "metadata.name", "vision.v3", "`metadata.name`", "lower-case letters, digits and `-`"),
    one("study name with a blank at its end", "spec.study.name", "mnist ", "`spec.study.name`", "without white space"),
    one("study name empty", "spec.study.name", "", "spec.study.name", "at least 1 chars"),
    one("study name too long", "spec.study.name", "s" * 257, "spec.study.name", "256"),
    one("study name too long beyond ASCII", "spec.study.name", "ä" * 257, "spec.study.name", "256"),
    one("study name beyond ASCII with a blank at its end", "spec.study.name", "ä ", "`spec.study.name`", "white space"),
    one(
        "Secret name beyond ASCII",
        "spec.study.storage.secretRef.name",
        "größe",
        "secretRef.name`",
        "lower-case letters",
    ),
    one(
        "Secret name with capitals", "spec.study.storage.secretRef.name", "DB", "secretRef.name`", "lower-case letters"
    ),
    one("URL in place of a key", "spec.study.storage.secretRef.key", "a://b", "secretRef.key`", "letters, digits"),
    one("mode of libpq in place of ours", "spec.study.storage.tls", {"mode": "verify-full"}, "tls.mode", "VerifyFull"),
    one(
        "no certificate to check with", "spec.study.storage.tls", {"mode": "VerifyFull"}, "tls.caRef`", "must be there"
    ),
    one("certificate unused", "spec.study.storage.tls", {"mode": "Require", "caRef": CA}, "tls.caRef`", "left out for"),
    one(
        "certificate from nowhere",
        "spec.study.storage.tls",
        {"mode": "VerifyFull", "caRef": {}},
        "caRef`",
        "exactly one",
    ),
    one(
        "ConfigMap name with capitals",
        "spec.study.storage.tls",
        {"mode": "VerifyFull", "caRef": {"configMap": {"name": "CA", "key": "ca.crt"}}},
        "caRef.configMap.name`",
        "lower-case letters",
    ),
]

MISSING_AND_UNKNOWN = [
    Refused("no spec", without(sweep(), "spec"), "spec", "Required value"),
    *(
        Refused(f"no {path}", without(sweep(), path), path, "Required value")
        for path in (
            "spec.study",
            "spec.study.objectives",
            "spec.objective",
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
    one("misspelt block", "spec.trails", {"max": 1}, 'unknown field "spec.trails"', "unknown field"),
    one("misspelt field", "spec.trials.maxTrials", 1, 'unknown field "spec.trials.maxTrials"', "unknown field"),
    one("field of the pod at the template", "spec.workers.template.volumes", [], "template.volumes", "unknown field"),
    one(
        "field that is not built yet", "spec.campaign", {"sweeps": 3}, 'unknown field "spec.campaign"', "unknown field"
    ),
]

STUDY = [
    one("lower-case direction", "spec.study.objectives.0.direction", "maximize", "direction", '"Maximize", "Minimize"'),
    one(
        "objective name with a blank",
        "spec.study.objectives.0.name",
        "val acc",
        "objectives[].name`",
        "letters, digits",
    ),
    one("no objective", "spec.study.objectives", [], "spec.study.objectives", "at least 1 items"),
    Refused(
        "nine objectives",
        sweep(study={"objectives": [{"name": f"o{n}", "direction": "Minimize"} for n in range(9)]}),
        "spec.study.objectives",
        "at most 8 items",
    ),
    Refused(
        "one objective twice",
        sweep(study={"objectives": [{"name": "loss", "direction": "Minimize"}] * 2}),
        "spec.study.objectives[1]",
        "Duplicate value",
    ),
    one("sampler as an expression", "spec.study.sampler", {"name": "TPE()"}, "sampler.name`", "optuna.samplers"),
    one("pruner as an expression", "spec.study.pruner", {"name": "a.b"}, "pruner.name`", "optuna.pruners"),
    one(
        "sampler by name and class",
        "spec.study.sampler",
        {"name": "TPESampler", "class": "mine:Sampler"},
        "`spec.study.sampler`",
        "at most one of `name` and `class`",
    ),
    one(
        "pruner by name and class",
        "spec.study.pruner",
        {"name": "NopPruner", "class": "mine:Pruner"},
        "`spec.study.pruner`",
        "at most one of `name` and `class`",
    ),
    one("class without its module", "spec.study.sampler", {"class": "Mine"}, "sampler.class`", "`module:Class`"),
    one("class as a path", "spec.study.pruner", {"class": "mine.py:Pruner()"}, "pruner.class`", "`module:Class`"),
    one("negative seed", "spec.study.sampler", {"seed": -1}, "sampler.seed", "greater than or equal to 0"),
    one("seed too large", "spec.study.sampler", {"seed": 2**32}, "sampler.seed", "less than or equal to 4294967295"),
    one("options as a list", "spec.study.sampler", {"options": []}, "sampler.options", "must be of type object"),
    one("outage in words", "spec.study.storage.outageSeconds", "15m", "outageSeconds", "must be of type integer"),
    one(
        "outage of two days", "spec.study.storage.outageSeconds", 172800, "outageSeconds", "less than or equal to 86400"
    ),
    one(
        "stale trials of nobody", "spec.study.adoptStaleSeconds", 60, "adoptStaleSeconds`", "unless `spec.study.adopt`"
    ),
    Refused(
        "stale at once",
        sweep(study=study(adopt=True, adoptStaleSeconds=0)),
        "spec.study.adoptStaleSeconds",
        "greater than or equal to 1",
    ),
    one("constraint without a bound", "spec.study.constraints", [{"name": "ms"}], "constraints[]`", "exactly one of"),
    one(
        "constraint with two bounds",
        "spec.study.constraints",
        [{"name": "ms", "lessThan": 2, "greaterThan": 1}],
        "constraints[]`",
        "exactly one of",
    ),
    one(
        "constraint on an attribute of ours",
        "spec.study.constraints",
        [{"name": "hposweep:worker", "lessThan": 2}],
        "constraints[].name`",
        "must not begin with",
    ),
    one(
        "one constraint twice",
        "spec.study.constraints",
        [{"name": "ms", "lessThan": 2}, {"name": "ms", "lessThan": 3}],
        "spec.study.constraints[1]",
        "Duplicate value",
    ),
    one("sweep by its name", "spec.study.takeOverFrom", "vision/v1", "takeOverFrom`", "must be a uid: letters, digits"),
    one("long uid", "spec.study.takeOverFrom", "a" * 65, "spec.study.takeOverFrom", "64"),
    one("nobody's trials", "spec.study.countExisting", False, "countExisting`", "unless `spec.study.adopt` is true"),
    one("point without a value", "spec.study.enqueue", [{}], "spec.study.enqueue[0]", "at least 1"),
    one("point as a number", "spec.study.enqueue", [3], "spec.study.enqueue[0]", "must be of type object"),
    one("too many points", "spec.study.enqueue", [{"x": n} for n in range(501)], "spec.study.enqueue", "at most 500"),
    one(
        "point of too many parameters",
        "spec.study.enqueue",
        [{f"x{n}": n for n in range(101)}],
        "spec.study.enqueue[0]",
        "at most 100",
    ),
    one("warm start from no study", "spec.study.warmStart", [], "spec.study.warmStart", "at least 1 items"),
    one("warm start without a name", "spec.study.warmStart", [{"top": 3}], "warmStart[0].study", "Required value"),
    one("top of nothing", "spec.study.warmStart", [{"study": "v2", "top": 0}], "warmStart[0].top", "equal to 1"),
    one("top of too many", "spec.study.warmStart", [{"study": "v2", "top": 101}], "warmStart[0].top", "equal to 100"),
    one(
        "warm start from a URL",
        "spec.study.warmStart",
        [{"study": "v2", "storage": {"secretRef": {"name": "DB", "key": "uri"}}}],
        "warmStart[].storage.secretRef.name`",
        "lower-case letters",
    ),
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
    _space("object as a choice", categorical_parameter("c", {"a": 1}), field="choices[0]", allowed="must "),
    _space("too many choices", categorical_parameter("c", *range(1001)), field="categorical.choices", allowed="1000"),
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

REFUSED = [
    *NAMES,
    *MISSING_AND_UNKNOWN,
    *STUDY,
    *FLOATS,
    *INTS,
    *PARAMETERS,
    *OBJECTIVE_AND_WORKERS,
    *BUDGET_AND_SUCCESS,
    *PREFLIGHT,
    *JUDGEMENT,
]
