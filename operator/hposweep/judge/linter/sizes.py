"""What a sweep asks the operator to judge in each pass, and how deep its values are. Checked before all other rules.

The schema limits each list alone; their product would be hundreds of thousands of criteria. The other rules, and
`judge`, are spared a spec that has an error here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from hposweep.api.spec import Spec
from hposweep.api.wire import to_wire, wire_name
from hposweep.judge.linter.criterion_paths import flat_criteria
from hposweep.judge.linter.finding import error
from hposweep.judge.linter.rules import LinterRule
from hposweep.model.findings import ContractFinding
from hposweep.text import count

MAX_CRITERIA = 256  # of tiers, decision points and stop rules; a long checklist has thirty
MAX_MENTIONS = 512  # of parameters in them; 512 trends of 300 trials take 0.4 s and 110 KB of the status
MAX_LEVELS = 64  # of values inside each other, which readers of JSON and YAML visit recursively
MAX_WORK_BYTES = 128_000  # Linux allows 131,072 for one variable of a process, and a worker gets its work in one
_CRITERIA_OF_A_TRIAL = 10  # what health, forecast and comparison take of each trial
_TRIALS_OF_A_SPEC = 20  # what the rules of this package take of each criterion
RULES = (LinterRule.TOO_MANY_CRITERIA, LinterRule.NESTED_TOO_DEEPLY, LinterRule.TOO_MUCH_FOR_A_WORKER)


def findings(spec: Spec) -> Iterator[ContractFinding]:
    depth = tuple(_depth(spec))
    yield from depth
    yield from _criteria(spec)
    if not depth:
        yield from _work(spec)


def has_too_much(contract_findings: Iterable[ContractFinding]) -> bool:
    """Return whether the findings are of this family."""
    return any(finding.rule in RULES for finding in contract_findings)


def judgement_size(spec: Spec, trials: int) -> int:
    """Return a number that grows with the time that a judgement takes; 1,000 are a millisecond or two."""
    criteria, mentions = _criteria_and_mentions(spec)
    values = sum(len(point) for point in spec.study.enqueue)
    for parameter in spec.search_space:
        values += len(parameter.categorical.choices) if parameter.categorical is not None else 1
        values += len(parameter.when.in_) if parameter.when is not None else 0
    return values + (trials + _TRIALS_OF_A_SPEC) * (_CRITERIA_OF_A_TRIAL + criteria + mentions)


def _criteria_and_mentions(spec: Spec) -> tuple[int, int]:
    criteria, mentions = 0, 0
    for located in flat_criteria(spec):
        criteria += 1
        mentions += sum(
            len(block.parameters) for block in (located.criterion.clear_trend, located.criterion.boundaries_resolved)
            if block is not None
        )  # fmt: skip
    return criteria, mentions


def _criteria(spec: Spec) -> Iterator[ContractFinding]:
    criteria, mentions = _criteria_and_mentions(spec)
    for number, limit, noun in ((criteria, MAX_CRITERIA, "criterion"), (mentions, MAX_MENTIONS, "parameter")):
        if number > limit:
            places = ("spec.success", "spec.decisionPoints")
            what = count(number, noun, "criteria" if noun == "criterion" else "parameters in criteria")
            sentence = f"{what}, with those of `{places[1]}` (allowed: at most {limit}). Use fewer."
            detail = "The operator judges all of them again with each trial that ends."
            yield error(LinterRule.TOO_MANY_CRITERIA, places, sentence, detail, number=number, limit=limit)


def _work(spec: Spec) -> Iterator[ContractFinding]:
    """Measure the parts of a worker's work that have no small limit of their own."""
    parts = {
        "spec.searchSpace": spec.search_space,
        "spec.objective": spec.objective,
        "spec.study.sampler": spec.study.sampler,
        "spec.study.pruner": spec.study.pruner,
    }
    texts = {field: json.dumps(to_wire(part), default=str) for field, part in parts.items()}
    if spec.preflight is not None:  # the work is a text within the text of the checks
        texts = {field: json.dumps(text) for field, text in texts.items()}
        texts["spec.preflight"] = json.dumps(to_wire(spec.preflight), default=str)
    sizes = {field: len(text) + text.count("$") for field, text in texts.items()}  # each `$` is written twice
    total = sum(sizes.values())
    if total > MAX_WORK_BYTES:
        field = max(sizes, key=lambda name: sizes[name])
        sentence = (
            f"makes most of the {total:,} bytes that a worker gets (allowed: at most {MAX_WORK_BYTES:,}). Move data to "
            "a file."
        )
        yield error(LinterRule.TOO_MUCH_FOR_A_WORKER, (field,), sentence, bytes=total, limit=MAX_WORK_BYTES)


def _depth(spec: Spec) -> Iterator[ContractFinding]:
    """Walk without recursion, because recursion is what a deep value breaks."""
    deep: set[str] = set()
    for name, value in _items(spec):
        level = [value]
        for _ in range(MAX_LEVELS):
            level = [item for parent in level for _, item in _items(parent)]
        if level:
            deep.add(f"spec.{name}")
    for field in sorted(deep):
        sentence = f"values inside each other in more than {MAX_LEVELS} levels. Use fewer levels."
        yield error(LinterRule.NESTED_TOO_DEEPLY, (field,), sentence, limit=MAX_LEVELS)


def _items(value: Any) -> Iterable[tuple[str, Any]]:
    if is_dataclass(value):
        return ((wire_name(field.name), getattr(value, field.name)) for field in fields(value))
    if isinstance(value, Mapping):
        return value.items()
    return (("", item) for item in value) if isinstance(value, list | tuple) else ()
