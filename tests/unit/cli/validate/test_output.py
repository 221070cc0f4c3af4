"""How findings are printed: grouped, wrapped, and with the long form on request."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from hposweep.cli import main
from hposweep.cli.validate.findings import findings
from hposweep.cli.validate.lines import documents
from hposweep.cli.validate.output import as_text
from hposweep.cli.validate.report import SweepReport
from hposweep.cluster.local.documents import read
from hposweep.model.findings import ContractFinding, Severity
from tests.builders import sweep

CHECKLIST = Path(__file__).parents[4] / "examples" / "checklist" / "sweep.yaml"
WIDTH = 80


def finding(rule: str, severity: Severity, field: str) -> ContractFinding:
    return ContractFinding(rule, severity, (field,), f"`{field}` is wrong", detail="Because of that.")


def report(*findings: ContractFinding) -> SweepReport:
    (lines,) = documents("spec:\n  trials: {max: 1}\n  workers: {}\n")
    return SweepReport("digits", findings, "sweep.yaml", lines)


def test_the_short_form_prints_warnings_of_one_rule_together_and_errors_of_one_sentence() -> None:
    warnings = [finding("Loud", Severity.WARNING, f"spec.{name}") for name in ("trials.max", "workers")]
    errors = [finding("Wrong", Severity.ERROR, f"spec.{name}") for name in ("trials.max", "workers")]
    errors.append(replace(errors[1], message="`spec.workers` is missing"))
    assert as_text([report(*errors, *warnings)]) == (
        "sweep.yaml: sweep digits: 3 errors, 2 warnings\n"
        "\nErrors: the operator rejects the sweep until you fix them.\n"
        "    2  Wrong: `trials.max` is wrong. Also line 3.\n"
        "    3  Wrong: `workers` is missing.\n"
        "\nWarnings: the sweep runs, but probably not as you intend.\n"
        "    2  Loud: `trials.max` is wrong. Also line 3.\n"
        "\nRun the command with -v for details.\n"
    )


def test_a_number_of_a_rule_is_not_taken_for_that_of_the_budget(tmp_path: Path) -> None:
    """Both are named `trials`."""
    file = tmp_path / "sweep.yaml"
    file.write_text(yaml.safe_dump(sweep(stopWhen=[{"noImprovement": {"trials": 200}}])))
    (body,) = documents(file.read_text())
    beyond = [entry for entry in findings(read(file).sweep) if entry.rule == "StopBeyondBudget"]
    text = " ".join(as_text([SweepReport("digits", tuple(beyond), "sweep.yaml", body)]).split())
    assert "StopBeyondBudget: `noImprovement.trials`: stops nothing: it holds after 201 trials" in text
    assert "but `trials.max` is 10. Lower the number of the rule." in text


def test_the_verbose_form_prints_each_finding_with_its_detail_and_fields() -> None:
    warnings = [finding("Loud", Severity.WARNING, f"spec.{name}") for name in ("trials.max", "workers")]
    text = as_text([report(*warnings)], is_verbose=True)
    assert text.count("Because of that.") == 2
    assert "fields: spec.workers" in text


def test_every_line_of_the_checklist_fits_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(WIDTH))
    monkeypatch.chdir(CHECKLIST.parent)
    assert main(["validate", CHECKLIST.name]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert max(len(line) for line in lines) <= WIDTH


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("  smpler: {}\n", "`spec.smpler`: unknown field (allowed here:"),
        ("  trails: {max: 3}\n", "`spec.trails`: unknown field; did you mean `trials`?"),
    ],
)
def test_an_unknown_field_is_named_itself(tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "sweep.yaml"
    file.write_text(f"apiVersion: hposweep.dev/v1alpha1\nkind: HPOSweep\nmetadata: {{name: a}}\nspec:\n{text}")

    messages = [entry.message for entry in findings(read(file).sweep)]
    assert any(message.startswith(sentence) for message in messages)
