"""`hposweep validate`: what it prints, and how it ends."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from hposweep.cli import main
from tests import builders as b

CONFIG_MAP = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "code"}, "data": {"train.py": "x = 1"}}
GOOD = b.sweep()
WARNED = b.sweep("warned", workers=b.workers(11))
BROKEN = b.sweep("broken", success={"minimum": [b.trials_finished(11)]})


def written(folder: Path, *documents: Any) -> str:
    file = folder / "sweep.yaml"
    file.write_text(yaml.safe_dump_all(documents))
    return str(file)


def judged(capsys: pytest.CaptureFixture[str], file: str) -> dict[str, Any]:
    main(["validate", file, "-o", "json"])
    result: dict[str, Any] = json.loads(capsys.readouterr().out)
    return result


def test_a_good_sweep_prints_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, CONFIG_MAP, GOOD)
    assert main(["validate", file]) == 0
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == f"{file}: valid, no findings\n"
    assert judged(capsys, file) == {"findings": [], "valid": True}


def test_warnings_leave_a_sweep_valid(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", written(tmp_path, WARNED)]) == 0
    title, _, heading, sentence, *_ = capsys.readouterr().out.splitlines()
    assert title.endswith("sweep.yaml: sweep warned: 1 warning")
    assert heading == "Warnings: the sweep runs, but probably not as you intend."
    assert sentence.strip().startswith("21  MoreWorkersThanTrials: `workers.replicas`: 11 workers")


def test_the_folders_of_runs_are_not_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, GOOD)
    run = tmp_path / "digits-run"
    run.mkdir()
    (run / ".lock").touch()
    written(run, BROKEN)
    assert main(["validate", str(tmp_path)]) == 0
    assert main(["validate", str(run)]) == 1  # because it was named
    assert "sweep broken: 1 error" in capsys.readouterr().out


def test_an_error_is_exit_code_1_and_has_its_numbers_in_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, BROKEN)
    assert main(["validate", file]) == 1
    assert ": sweep broken: 1 error" in capsys.readouterr().out
    answer = judged(capsys, file)
    assert answer["valid"] is False
    assert answer["findings"] == [
        {
            "rule": "TrialsBeyondBudget",
            "severity": "Error",
            "fields": ["spec.success.minimum[0].trialsFinished.min", "spec.trials.max"],
            "line": 21,
            "message": "`spec.success.minimum[0].trialsFinished.min`: never holds: 11 trials are demanded, but "
            "`spec.trials.max` is 10. Lower it, or raise the budget.",
            "detail": "",
            "numbers": {"min": 11, "max": 10},
        }
    ]


def test_several_sweeps_are_told_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, WARNED, CONFIG_MAP, BROKEN, GOOD)
    assert main(["validate", file]) == 1
    shown = capsys.readouterr().out.splitlines()
    assert shown[0].startswith(f"{file}: sweep warned: 1 warning")
    assert f"{file}: sweep broken: 1 error" in shown
    assert f"{file}: sweep digits: no findings" in shown
    assert shown[-1] == "1 error, 1 warning"
    assert [row["sweep"] for row in judged(capsys, file)["findings"]] == ["warned", "broken"]


def test_the_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(yaml.safe_dump(BROKEN).encode())))
    assert main(["validate", "-"]) == 1
    assert "TrialsBeyondBudget" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"a: [", "is not YAML"),
        (b"", "kind `HPOSweep`; it holds nothing"),
        (b"kind: ConfigMap", "it holds ConfigMap"),
        (b"- a", "no Kubernetes object"),
        (b"kind: HPOSweep\napiVersion: v2", "`apiVersion` must be `hposweep.dev/v1alpha1` (got `v2`)"),
        (b"\xff\xfe", "UTF-8"),
        (None, "cannot be read: No such file"),
    ],
)
def test_what_is_no_sweep_is_exit_code_2_and_one_sentence(
    text: bytes | None, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "sweep.yaml"
    if text is not None:
        file.write_bytes(text)
    assert main(["validate", str(file)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert words in shown.err
    assert shown.err.count("\n") == 1


def test_a_folder_means_all_sweeps_in_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "base").mkdir()
    written(tmp_path, CONFIG_MAP, WARNED)
    written(tmp_path / "base", BROKEN)
    (tmp_path / "base" / "notes.md").write_text("kind: HPOSweep")
    assert main(["validate", str(tmp_path)]) == 1
    said = capsys.readouterr().out
    assert "MoreWorkersThanTrials" in said
    assert "broken" in said
    (tmp_path / "empty").mkdir()
    assert main(["validate", str(tmp_path / "empty")]) == 2
    assert "it holds nothing" in capsys.readouterr().err


def test_a_parameter_without_a_definition_is_no_number(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    share = {"eliteShare": {"parameter": "encoder", "value": "cnn", "min": 0.7}}
    broken = b.sweep(success={"minimum": [share]}, searchSpace=[{"name": "encoder", "categorical": ["cnn", "context"]}])
    assert main(["validate", written(tmp_path, broken)]) == 1
    shown = " ".join(capsys.readouterr().out.split())
    assert "`searchSpace[0].categorical`: must be of type object" in shown
    assert "is a number" not in shown


def test_what_is_no_name_of_an_exception_is_told_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = b.sweep(trials={"max": 10, "retryOn": ["exit code 3"]})
    assert main(["validate", written(tmp_path, broken)]) == 1
    shown = " ".join(capsys.readouterr().out.split())
    assert "`trials.retryOn[0]` must be the name of a class" in shown
    assert "UnknownException" not in shown
