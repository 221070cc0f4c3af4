"""Compare what a command left with what its step expects. Called by `execution`."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from hpotrial import protocol
from tests.cases.case import Step

ENDS = ("Complete", "Failed")


@dataclass(frozen=True, slots=True)
class Trial:
    """One line of trials.jsonl, with the product's own attributes apart. Numbers that JSON has not are strings."""

    number: int
    state: str
    params: dict[str, Any]
    values: list[Any] | None
    attributes: dict[str, Any]
    own: dict[str, Any]  # without the prefix `hposweep:`
    line: dict[str, Any]

    @classmethod
    def from_line(cls, line: dict[str, Any]) -> Trial:
        plain, prefix = comparable(line), protocol.ATTRIBUTE_PREFIX
        attributes = plain["attributes"]
        return cls(
            number=plain["number"],
            state=plain["state"],
            params=plain["params"],
            values=plain["values"],
            attributes={key: value for key, value in attributes.items() if not key.startswith(prefix)},
            own={key.removeprefix(prefix): value for key, value in attributes.items() if key.startswith(prefix)},
            line=plain,
        )

    @property
    def error(self) -> str:
        return str(self.own.get("error", ""))

    @property
    def is_charged(self) -> bool:
        return self.state != "WAITING" and self.own.get("charged") is not False


@dataclass(frozen=True, slots=True)
class Result:
    """What a command left behind. An expression of `holds` has these names, and the functions of Python."""

    code: int
    output: str
    folder: Path  # of the case
    trials: tuple[Trial, ...]  # of the run in `out`, in order
    status: dict[str, Any]
    conditions: dict[str, dict[str, Any]]
    reference: tuple[dict[str, Any], ...] = ()

    @classmethod
    def read(cls, out: Path, code: int, output: str) -> Result:
        trials, status = out / "trials.jsonl", out / "status.yaml"
        lines = trials.read_text().splitlines() if trials.exists() else []
        content = yaml.safe_load(status.read_text()).get("status", {}) if status.exists() else {}
        return cls(
            code=code,
            output=output,
            folder=out.parent,
            trials=tuple(Trial.from_line(json.loads(line)) for line in lines),
            status=content,
            conditions={condition["type"]: condition for condition in content.get("conditions", [])},
        )


def comparable(value: Any) -> Any:
    """Return a value as JSON has it: tuples are lists, and NaN and the infinities are words."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, str) and value.lower() in {"nan", "inf", "-inf", "infinity", "-infinity"}:
        return value.lower().removesuffix("inity")
    if isinstance(value, dict):
        return {str(key): comparable(each) for key, each in value.items()}
    return [comparable(each) for each in value] if isinstance(value, list | tuple) else value


def differences(step: Step, result: Result) -> list[str]:
    """Return one line for each part of the expectation that does not hold."""
    return [*_code(step, result), *_phrases(step, result), *_ends(step, result), *_trials(step, result)]


def _code(step: Step, result: Result) -> Iterator[str]:
    codes = step.exit if isinstance(step.exit, tuple) else (step.exit,)
    if result.code not in codes:
        yield f"exit code {result.code}, expected {' or '.join(map(str, codes))}"


def _phrases(step: Step, result: Result) -> Iterator[str]:
    text = _flat(result.output)
    for phrase in step.output:
        if not any(_flat(each) in text for each in str(phrase).split(" | ")):
            yield f"the output does not contain `{phrase}`"
    for phrase in step.no_output:
        if _flat(str(phrase)) in text:
            yield f"the output contains `{phrase}`"
    if re.search(r"^Traceback \(most", result.output, re.MULTILINE):  # a finding may quote one of a trial
        yield "the command ended with a traceback"


def _flat(text: str) -> str:
    return " ".join(text.lower().split())


def _ends(step: Step, result: Result) -> Iterator[str]:
    ends = [f"{kind}/{_condition(result, kind)[1]}" for kind in ENDS if _condition(result, kind)[0] == "True"]
    if step.ended and [step.ended] != ends:
        yield f"ended as {', '.join(ends) or 'nothing'}, expected {step.ended}"
    for kind, value in step.conditions.items():
        status, reason = _condition(result, kind)
        if str(value) not in {status, f"{status}/{reason}"}:
            yield f"condition {kind} is {status}/{reason}, expected {value}"


def _condition(result: Result, kind: str) -> tuple[str, str]:
    condition = result.conditions.get(kind, {})
    return str(condition.get("status", "absent")), str(condition.get("reason", ""))


def _trials(step: Step, result: Result) -> Iterator[str]:
    states = dict(Counter(trial.state for trial in result.trials))
    if step.states and states != dict(step.states):
        errors = sorted({trial.error for trial in result.trials if trial.error})
        yield f"states {states}, expected {dict(step.states)}; errors: {errors}"
    names = {name: getattr(result, name) for name in Result.__slots__} | {"comparable": comparable}
    for expression in step.holds:
        try:
            if not eval(expression, dict(names)):  # noqa: S307  (an expression of our own case.yaml)
                yield f"does not hold: {expression}"
        except Exception as error:
            yield f"does not hold: {expression} ({type(error).__name__}: {error})"
    for part in step.optuna:
        ours, theirs = (
            [_part(trial, part) for trial in result.trials],
            [_part(_plain(t), part) for t in result.reference],
        )
        if ours != theirs:
            yield f"{part} {ours}, with plain Optuna {theirs}"


def _plain(line: dict[str, Any]) -> Trial:
    return Trial.from_line(line | {"attributes": line["attributes"] | {protocol.ERROR: line["error"]}})


def _part(trial: Trial, part: str) -> Any:
    """Return what is compared. Of an error only its type: messages of other libraries contain addresses."""
    if part == "errors":
        return trial.error.partition(":")[0]
    return trial.state if part == "states" else getattr(trial, part)
