"""Each example of the repository has a valid next sweep, whatever its study was like."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution

from hposweep.api.names import KIND
from hposweep.cli.next.command import propose
from hposweep.cli.next.text import as_yaml
from hposweep.cli.run.errors import RefusedInputError
from hposweep.cli.validate.findings import findings
from hposweep.cluster.local.documents import parsed
from hposweep.model.findings import Severity
from tests.documents import ROOT
from tests.unit.analysis.studies import random_study

FAULTY = ROOT / "examples/checklist/sweep.yaml"  # on purpose: `hposweep validate` names its faults
CHANGED = ("searchSpace", "study", "objective", "success", "stopWhen", "approval", "answers")


def _sweeps() -> list[Path]:
    return [
        path
        for path in sorted(ROOT.glob("examples/**/*.yaml"))
        if path != FAULTY
        and any(
            body and body.get("kind") == KIND and body["spec"].get("searchSpace")
            for body in yaml.safe_load_all(path.read_text())
        )
    ]


def _distribution(item: dict[str, Any]) -> BaseDistribution:
    if "categorical" in item:
        return CategoricalDistribution(item["categorical"]["choices"])
    if "int" in item:
        return IntDistribution(**{"step": 1, **item["int"]})
    return FloatDistribution(**item["float"])


@pytest.mark.parametrize("path", _sweeps(), ids=lambda path: str(path.relative_to(ROOT / "examples")))
def test_the_next_sweep_of_an_example_is_valid_and_keeps_the_rest(path: Path) -> None:
    body = next(body for body in parsed(str(path), path.read_text()) if body.get("kind") == KIND)
    body = {**body, "metadata": {"namespace": "vision", **body["metadata"]}}
    spec = body["spec"]
    space = {item["name"]: _distribution(item) for item in spec["searchSpace"]}
    first = next(name for name, item in space.items() if not isinstance(item, CategoricalDistribution))
    directions = [goal["direction"].upper() for goal in spec["study"]["objectives"]]
    study = random_study(120, lambda p: (float(p[first]),) * len(directions), space=space, directions=tuple(directions))
    before = copy.deepcopy(body)
    result, header = propose(study, body, is_shared_database=True)
    (document,) = parsed("next", as_yaml(result, header))
    assert body == before
    assert not [item for item in findings(document) if item.severity is Severity.ERROR]
    assert {edit.kind.value for edit in result.space.edits} - {"keep"}
    for field in spec.keys() - set(CHANGED):
        assert document["spec"][field] == spec[field]
    for field in spec["study"].keys() - {"name", "adopt", "adoptStaleSeconds", "warmStart"}:
        assert document["spec"]["study"][field] == spec["study"][field]


def test_a_sweep_with_faults_is_refused_with_them() -> None:
    body = next(body for body in parsed(str(FAULTY), FAULTY.read_text()) if body.get("kind") == KIND)
    with pytest.raises(RefusedInputError) as refusal:
        propose(random_study(3, lambda p: 0.0), body, is_shared_database=True)
    assert refusal.value.faults[0] == "--sweep: this sweep cannot be used until you fix it"
    assert "`spec.budget.activeDeadlineSeconds`" in "".join(refusal.value.faults)
