"""The arguments of a command."""

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
        command("python", "-c", "print(f'{lr} ${lr}')", "^x$", "$5", '{"lr": 1}', "a$lr", "$$HPO_PARAM_LR"),
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
