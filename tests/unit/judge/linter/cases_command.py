"""The arguments of a command, its metrics, and retries."""

from __future__ import annotations

from typing import Any

from hposweep.judge.linter.rules import LinterRule
from tests.unit.judge.linter.case import DEPTH, KIND, LR, Case

CONDITIONAL = [KIND, DEPTH | {"when": {"parameter": "kind", "in": ["a"]}}, LR]


def command(*arguments: str, fixed: dict[str, Any] | None = None, **blocks: Any) -> dict[str, Any]:
    return {"objective": {"command": list(arguments), "fixed": fixed or {}}, **blocks}


def foreign(placeholder: str, advice: str, *, argument: str = "%s") -> Case:
    return Case(
        LinterRule.FOREIGN_PLACEHOLDER,
        command("python", "train.py", argument % placeholder),
        command("python", "train.py", "--lr=$(HPO_PARAM_LR)"),
        (f"`{placeholder}` reaches the program as it is. Write {advice}.",),
        fields=("spec.objective.command[2]",),
    )


def in_a_shell(placeholder: str, advice: str) -> Case:
    return Case(
        LinterRule.FOREIGN_PLACEHOLDER,
        command("/bin/bash", "-euc", f"python train.py {placeholder}"),
        command("sh", "-c", "for f in *; do awk '{print $1}' ${f} $(ls) {a,b} \"${HPO_PARAM_LR}\"; done"),
        (f"`{placeholder}` is no variable of a shell. Write {advice}.",),
    )


CASES = (
    Case(
        LinterRule.SHARED_VARIABLE,
        command("python", "train.py", fixed={"L.R": 1, "l-r": 2}),
        {"objective": {"python": "train:objective", "fixed": {"L.R": 1, "l-r": 2}}},
        ("`L.R` and `l-r` would both become `HPO_PARAM_L_R`",),
        "Error",
    ),
    Case(
        LinterRule.ESCAPED_DOLLAR,
        command("sh", "-c", "python train.py > /tmp/log.$$"),
        command("sh", "-c", "echo $$(HPO_PARAM_LR) $$$$ $(HPO_PARAM_LR)", "$$"),
        ("Write `$$$$`",),
        fields=("spec.objective.command[2]",),
    ),
    foreign("${trialParameters.lr}", "`$(HPO_PARAM_LR)`", argument="--lr=%s"),
    foreign("${trialParameters.learningRate}", "`$(HPO_ARGS)` or `$(HPO_PARAM_<NAME>)`"),
    foreign("${args}", "`$(HPO_ARGS)`"),
    foreign("${args_no_hyphens}", "`$(HPO_ARGS)`"),
    foreign("{{inputs.parameters.lr}}", "`$(HPO_PARAM_LR)`"),
    foreign("${{ matrix.depth }}", "`$(HPO_PARAM_DEPTH)`"),
    foreign("{lr}", "`$(HPO_PARAM_LR)`", argument="lr=%s"),
    foreign("$HPO_PARAM_LR", "`$(HPO_PARAM_LR)`"),
    foreign("${HPO_PARAM_LR}", "`$(HPO_PARAM_LR)`"),
    foreign("$HPO_ARGS", "`$(HPO_ARGS)`"),
    foreign("%HPO_PARAM_LR%", "`$(HPO_PARAM_LR)`"),
    foreign("$lr", "`$(HPO_PARAM_LR)`"),
    in_a_shell("${trialParameters.lr}", "`$(HPO_PARAM_LR)`"),
    in_a_shell("{{lr}}", "`$(HPO_PARAM_LR)`"),
    Case(
        LinterRule.FOREIGN_PLACEHOLDER,
        command("echo", "{lr}"),
        command(
            "python",
            "-c",
            "print(f'{lr} ${lr}')",
            "^x$",
            "$5",
            '{"lr": 1}',
            "a$lr",
            "$$HPO_PARAM_LR",
            "--file={epoch}",
            "^$end",
        ),
        ("`{lr}`",),
    ),
    Case(
        LinterRule.UNKNOWN_VARIABLE,
        command("train", "--lr", "$(HPO_PARAM_LRR)"),
        command("train", "--lr", "$(HPO_PARAM_LR)", "$$(HPO_PARAM_LRR)"),
        ("`$(HPO_PARAM_LRR)` is no variable of a trial; did you mean `$(HPO_PARAM_LR)`?", "`HPO_PARAM_DEPTH`"),
        "Error",
        ("spec.objective.command[2]",),
    ),
    Case(
        LinterRule.UNKNOWN_VARIABLE,
        command("sh", "-c", "train --wd $HPO_PARAM_WD"),
        command("sh", "-c", "HPO_PARAM_WD=1; train --wd $HPO_PARAM_WD ${HPO_PARAM_X:-3} $UNSET $(hostname)"),
        ("`$HPO_PARAM_WD` is no variable of a trial, so it stays as it is. Write `$(HPO_ARGS)`",),
        "Error",
    ),
    Case(
        LinterRule.UNKNOWN_VARIABLE,
        command("train", "$(DATA)"),
        command(
            "train",
            "$(DATA)",
            workers={"template": {"spec": {"containers": [{"name": "trial", "env": [{"name": "DATA"}]}]}}},
        ),
        ("`$(DATA)` is no variable of a trial",),
    ),
    Case(
        LinterRule.UNKNOWN_VARIABLE,
        command("train", "$(lr)"),
        command("train", "$(HPO_PARAM_EPOCHS)", "$(HOME)", "$(HPO_SWEEP)", fixed={"epochs": 3}),
        ("did you mean `$(HPO_PARAM_LR)`?",),
    ),
    Case(
        LinterRule.UNKNOWN_VARIABLE,
        command("train", "$(hpo_param_lr)"),
        command("train", "$(HPO_PARAM_LR)"),
        ("did you mean `$(HPO_PARAM_LR)`?",),
    ),
    Case(
        LinterRule.CONDITIONAL_ARGUMENT,
        command("train", "--depth=$(HPO_PARAM_DEPTH)", searchSpace=CONDITIONAL),
        command("train", "--lr=$(HPO_PARAM_LR)", "$(HPO_ARGS)", searchSpace=CONDITIONAL),
        ("`$(HPO_PARAM_DEPTH)` is empty where `depth` does not apply", "`$(HPO_ARGS)`"),
    ),
    Case(
        LinterRule.COMMAND_IN_ONE_STRING,
        command("python train.py --lr $(HPO_PARAM_LR)"),
        command("/opt/my programs/train", "x"),
        ("one list item for each argument",),
        fields=("spec.objective.command[0]",),
    ),
)


def metrics(*entries: dict[str, Any], objectives: tuple[str, ...] = ("val_acc",)) -> dict[str, Any]:
    study = {"objectives": [{"name": name, "direction": "Maximize"} for name in objectives]}
    return {"objective": {"command": ["train"], "metrics": list(entries)}, "study": study}


def metric(pattern: str = r"acc=(\S+)", name: str = "val_acc", **more: Any) -> dict[str, Any]:
    return {"name": name, "pattern": pattern, **more}


def retried(*names: str, retries: int = 2) -> dict[str, Any]:
    return {"trials": {"max": 100, "retryOn": list(names), "maxRetries": retries}}


CASES += (
    Case(
        LinterRule.UNKNOWN_EXCEPTION,
        retried("ConectionError"),
        retried("ConnectionError", "builtins.OSError", "requests.exceptions.ConnectionError"),
        ("`ConectionError` is no exception of Python; did you mean `ConnectionError`?",),
        "Error",
        ("spec.trials.retryOn[0]",),
    ),
    Case(
        LinterRule.UNKNOWN_EXCEPTION,
        retried("Flaky"),
        retried("train.Flaky"),
        ("write its module as well: `module.Flaky`",),
        "Error",
    ),
    Case(LinterRule.RETRIES_EVERY_FAILURE, retried("Exception"), retried("OSError"), ("retries every failure",)),
    Case(
        LinterRule.RETRIES_FORBIDDEN,
        retried("OSError", retries=0),
        retried("OSError", retries=1),
        ("`spec.trials.maxRetries` is 0",),
    ),
    *(
        Case(
            LinterRule.PATTERN_REFUSED,
            metrics(metric("(.)"), metric(pattern, name="loss")),
            metrics(metric(r"acc=(?P<value>\d+(?:\.\d+)?)(e\d+)?"), {"name": "loss"}),
            (words,),
            "Error",
            ("spec.objective.metrics[1].pattern",),
        )
        for pattern, words in (
            ("acc=", "has no group. Put the number into parentheses"),
            ("acc=(", "not a regular expression: missing )"),
            ("(a)(b)", "has several groups. Name the one with the number"),
            ("((?:a+)+)b", "a repetition inside a repetition can take hours"),
        )
    ),
    Case(
        LinterRule.PATTERN_REFUSED,
        metrics(metric(stepPattern="epoch")),
        metrics(metric(stepPattern="epoch (.)")),
        ("has no group",),
        "Error",
        ("spec.objective.metrics[0].stepPattern",),
    ),
    Case(
        LinterRule.METRIC_IS_NO_OBJECTIVE,
        metrics(metric(name="val_accuracy")),
        metrics(metric(), metric(name="val_accuracy"), metric(name="size")),
        ("`val_accuracy` is no objective", "did you mean `val_acc`?"),
        fields=("spec.objective.metrics[0].name",),
    ),
    Case(
        LinterRule.STEPS_WITHOUT_EFFECT,
        metrics(metric(stepPattern="(.)"), objectives=("val_acc", "size")),
        metrics(metric(stepPattern="(.)")),
        ("a study with 2 objectives prunes nothing",),
    ),
    Case(
        LinterRule.STEPS_WITHOUT_EFFECT,
        metrics(metric(name="size", stepPattern="(.)")),
        metrics(metric(name="size")),
        ("only steps of the objective",),
    ),
)

CASES += (
    Case(
        LinterRule.FILE_INSTEAD_OF_MODULE,
        {"objective": {"python": "train.py:objective"}},
        {"objective": {"python": "train.python:objective"}},
        ("`train.py` is a file name. Write `train:objective`.",),
        "Error",
        ("spec.objective.python",),
    ),
    Case(
        LinterRule.FILE_INSTEAD_OF_MODULE,
        {"objective": {"python": "src/train.py:objective"}},
        {"objective": {"python": "src.train:objective"}},
        ("Write `src.train:objective`.",),
        "Error",
    ),
)
