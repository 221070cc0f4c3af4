"""`hposweep judge` as a person calls it: a sweep and trials in, verdicts and an exit code out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from hposweep.api.status import Status
from hposweep.api.wire import from_wire
from hposweep.cli import main
from tests.builders import best_value, categorical_parameter, float_parameter, sweep, trials_finished, without

KEYS = ["verdict", "success", "decisions", "stopWhen", "health", "trials", "best", "eta", "baseline"]
SPACE = [float_parameter("x", 0.0, 1.0), categorical_parameter("arm", "cnn", "context")]


def rising(count: int, state: str = "COMPLETE") -> list[dict[str, Any]]:
    """The best of them is the last."""
    return [
        {
            "number": number,
            "state": state,
            "params": {"x": number / count, "arm": ("cnn", "context")[number % 2]},
            "values": [number / count] if state == "COMPLETE" else None,
            "seconds": 10.0,
            "attributes": {},
            "completed": f"2026-01-31T12:{number // 60:02}:{number % 60:02}Z",
        }
        for number in range(count)
    ]


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("HPOSWEEP_STORAGE_URL", raising=False)
    return tmp_path


def written(folder: Path, body: dict[str, Any], trials: list[dict[str, Any]], name: str = "trials.jsonl") -> list[str]:
    """The words of the command."""
    (folder / "sweep.yaml").write_text(yaml.safe_dump(body))
    (folder / name).write_text("\n".join(json.dumps(trial) for trial in trials))
    return ["judge", str(folder / "sweep.yaml"), "--trials", str(folder / name)]


def judged(capsys: pytest.CaptureFixture[str], words: list[str], *more: str) -> dict[str, Any]:
    capsys.readouterr()
    assert main([*words, "-o", "json", *more]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def simple(**spec: Any) -> dict[str, Any]:
    success = {"minimum": [trials_finished(10), best_value(greater_than=0.8)], "full": [best_value(greater_than=2.0)]}
    return sweep("v3", **({"searchSpace": SPACE, "success": success, "trials": {"max": 20}} | spec))


def test_the_json_has_the_keys_of_the_status_in_its_shape(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = judged(capsys, written(files, simple(), rising(20)))
    assert list(found) == KEYS
    assert [(tier["tier"], tier["outcome"]) for tier in found["success"]] == [("minimum", "True"), ("full", "False")]
    assert found["verdict"] == "minimum"
    assert found["success"][0]["criteria"][1]["value"] == 0.95
    assert (found["trials"]["max"], found["trials"]["finished"]) == (20, 20)
    assert (found["best"]["trial"], found["best"]["values"]) == (19, {"score": 0.95})
    assert (found["eta"], found["baseline"], found["decisions"]) == (None, None, [])
    whole = {
        **{key: value for key, value in found.items() if value is not None},
        "observedGeneration": 1,
        "state": "",
        "message": "",
        "study": {"name": ""},
        "progress": "",
        "replicas": 0,
        "workers": {"desired": 0},
        "selector": "",
    }
    assert from_wire(Status, whole).trials.finished == 20


def test_a_study_with_a_running_trial_is_in_mid_sweep_unless_told_otherwise(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    begun = {"number": 19, "state": "RUNNING", "seconds": 5.0}
    words = written(files, simple(), [*rising(19), begun])
    outcomes = lambda found: [tier["outcome"] for tier in found["success"]]  # noqa: E731  # said three times
    running = judged(capsys, words)
    assert outcomes(running) == ["True", "Unknown"]
    assert running["eta"]["seconds"] > 0
    assert outcomes(judged(capsys, words, "--ended")) == ["True", "False"]
    words = written(files, simple(), rising(15))
    assert outcomes(judged(capsys, words)) == ["True", "False"]
    assert outcomes(judged(capsys, words, "--running")) == ["True", "Unknown"]


def test_decision_points_are_replayed(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    point = {
        "name": "mid-sweep",
        "at": {"trials": 10},
        "rules": [{"when": best_value(less_than=0.5), "then": "Stop", "label": "no improvement"}],
        "otherwise": "Continue",
    }
    (decision,) = judged(capsys, written(files, simple(decisionPoints=[point]), rising(20)))["decisions"]
    assert (decision["outcome"], decision["label"], decision["trials"]) == ("Stop", "no improvement", 10)


def test_words_that_yaml_reads_as_booleans_are_told(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = simple(searchSpace=[SPACE[0], categorical_parameter("arm", "cnn", "context", "ON_LINE")])
    words = written(files, body, rising(20))
    capsys.readouterr()
    assert main(words) == 0
    assert "YAML" not in capsys.readouterr().err
    file = files / "sweep.yaml"
    file.write_text(file.read_text().replace("ON_LINE", "on"))
    assert main(words) == 0
    said = capsys.readouterr().err
    assert f"hposweep judge: {file}, line " in said
    assert ": `spec.searchSpace[1].categorical.choices`: YAML reads `on` as true or false." in said


def test_warnings_of_the_linter_are_counted(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tiers = {"minimum": [best_value(greater_than=0.9)], "full": [best_value(greater_than=0.5)]}
    assert main(written(files, simple(success=tiers), rising(20))) == 0
    file = files / "sweep.yaml"
    assert f"hposweep judge: {file} has 1 warning. Read: hposweep validate {file}\n" in capsys.readouterr().err
    assert main(written(files, simple(), rising(20))) == 0
    assert capsys.readouterr().err == ""


def test_health_is_judged(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = judged(capsys, written(files, simple(), [*rising(20, "FAIL")]))
    assert "TooManyFailures" in [finding["reason"] for finding in found["health"]]
    assert all(finding["action"] for finding in found["health"])


def test_a_baseline_of_numbers_or_of_a_file(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    criterion = {"minimum": [{"bestValue": {"improvesBaselineBy": "5%"}}]}
    body = simple(success=criterion, baseline={"value": 0.5, "trials": 20})
    words = written(files, body, rising(20))
    found = judged(capsys, words)
    assert found["baseline"]["best"] == 0.5
    assert found["success"][0]["outcome"] == "True"
    written(files, body, rising(40), "old.jsonl")
    found = judged(capsys, words, "--baseline", str(files / "old.jsonl"))
    assert found["baseline"]["best"] == 39 / 40
    assert found["success"][0]["outcome"] == "False"


def test_a_baseline_that_no_file_has_leaves_its_criterion_open(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = simple(success={"minimum": [{"bestValue": {"improvesBaselineBy": "5%"}}]}, baseline={"study": "old"})
    found = judged(capsys, written(files, body, rising(20)))
    assert found["success"][0]["outcome"] == "Unknown"
    assert "--baseline FILE.jsonl" in found["success"][0]["criteria"][0]["message"]


def test_a_database_that_must_have_tls_is_not_read_without(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    storage = {"secretRef": {"name": "old-db", "key": "uri"}, "tls": {"mode": "Require"}}
    body = simple(baseline={"study": "old", "storage": storage})
    words = written(files, body, rising(20))
    assert main(words) == 0
    secret = {"kind": "Secret", "metadata": {"name": "old-db"}, "stringData": {"uri": "postgresql://u:canary@h/d"}}
    (files / "sweep.yaml").write_text(yaml.safe_dump_all([body, secret]))
    capsys.readouterr()
    assert main(words) == 2
    error = capsys.readouterr().err
    assert error.startswith("hposweep judge: spec.baseline.storage.tls: not applied by this command")
    assert "canary" not in error


def test_what_judging_does_not_need_may_be_left_out(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = simple()
    del body["spec"]["workers"], body["spec"]["objective"], body["metadata"]["namespace"]
    assert judged(capsys, written(files, body, rising(20)))["success"][0]["outcome"] == "True"


def test_the_file_of_a_local_run_needs_no_image(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = without(simple(), "spec.workers.template.spec.containers.0.image")
    assert judged(capsys, written(files, body, rising(20)))["success"][0]["outcome"] == "True"


def test_people_read_every_sentence(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = written(files, simple(baseline={"value": 0.5}), rising(20))
    assert main(words) == 0
    said = capsys.readouterr().out
    assert said.startswith("v3: 20 of 20 trials finished (20 complete, 0 pruned, 0 failed), judged as at its end\n")
    for text in ("best: score 0.95 (trial 19)", "at least 10 trials finished: 20", "full                 False"):
        assert text in said
    assert "decisions: none was reached" in said
    assert max(map(len, said.splitlines())) <= 120


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"trials": {"max": 0}}, "Schema: "),
        ({"success": {"minimum": [{"publishable": {}}]}}, "UnknownCriterion: "),
    ],
)
def test_a_sweep_that_cannot_be_read_is_refused_with_what_validate_says(
    files: Path, capsys: pytest.CaptureFixture[str], change: dict[str, Any], words: str
) -> None:
    assert main(written(files, simple(**change), rising(20))) == 2
    said = capsys.readouterr()
    assert words in said.err
    assert said.out == ""
    assert main(["validate", str(files / "sweep.yaml")]) == 1
    assert words in capsys.readouterr().out


def test_what_an_operator_would_refuse_is_judged_and_said(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    unknown = {"minimum": [{"bestValue": {"greaterThan": 0.5}}, {"clearTrend": {"parameters": ["depth"]}}]}
    assert main([*written(files, simple(success=unknown), rising(30)), "-o", "json"]) == 0
    said = capsys.readouterr()
    assert "the operator would reject this sweep" in said.err
    assert "UnknownParameter" in said.err
    assert json.loads(said.out)["success"][0]["outcome"] == "Unknown"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "no trials to judge: pass a file"),
        (["--study", "x"], "no trials to judge"),
        (["--storage", "sqlite:///x.db"], "the value of --storage"),
        (["--storage", "postgresql://u:canary-4f1c@127.0.0.1:1/d"], "onnection"),
        (["--trials", "no.jsonl"], "no.jsonl cannot be read: No such file"),
        (["--trials", "-", "--baseline", "-"], "can be the standard input"),
        (
            ["--trials", "t.jsonl", "--require", "best"],
            "--require: the sweep has no such tier (got `best`; allowed full, minimum)",
        ),
    ],
)
def test_what_cannot_be_read_ends_with_2_and_a_sentence(
    files: Path, capsys: pytest.CaptureFixture[str], words: list[str], sentence: str
) -> None:
    command = written(files, simple(), [])[:2]
    assert main([*command, *words]) == 2
    said = capsys.readouterr()
    assert sentence in said.err
    assert said.err.startswith("hposweep judge: ")
    assert "canary" not in said.err
    assert said.out == ""


def test_a_file_that_is_no_sweep_is_refused(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (files / "sweep.yaml").write_text("- just a list")
    assert main(["judge", str(files / "sweep.yaml"), "--trials", "-"]) == 2
    assert "each document must be a mapping" in capsys.readouterr().err


def test_a_reader_that_has_seen_enough_is_no_error(files: Path) -> None:
    words = written(files, simple(), rising(20))
    program = [sys.executable, "-c", "import sys; from hposweep.cli import main; sys.exit(main(sys.argv[1:]))", *words]
    done, closed = os.pipe()
    os.close(done)
    ended = subprocess.run(program, stdout=closed, stderr=subprocess.PIPE, text=True, check=False)
    os.close(closed)
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize(("tier", "code"), [("minimum", 0), ("full", 3)])
def test_a_required_tier_decides_the_exit_code(files: Path, tier: str, code: int) -> None:
    assert main([*written(files, simple(), rising(20)), "--require", tier]) == code


def test_it_says_where_a_rule_would_have_stopped_the_sweep(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = written(files, simple(stopWhen=[best_value(greater_than=0.5)]), rising(20))
    assert judged(capsys, words)["stopWhen"] == {
        "rule": "stopWhen[0].bestValue",
        "reason": "GoalReached",
        "message": "best score 0.55 (trial 11) > 0.5",
        "time": "2026-01-31T12:00:11Z",
        "trials": 12,
        "trial": 11,
    }
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "\n  stopWhen[0].bestValue: would have stopped after 12 finished trials (GoalReached)\n" in said
    assert "\n    best score 0.55 (trial 11) > 0.5\n" in said


def test_it_says_that_no_rule_was_reached(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = written(files, simple(stopWhen=[best_value(greater_than=2.0)]), rising(20))
    assert judged(capsys, words)["stopWhen"] is None
    assert main(words) == 0
    assert "\nstopWhen: no rule was reached\n" in capsys.readouterr().out
    assert main(written(files, simple(), rising(20))) == 0
    assert "stopWhen" not in capsys.readouterr().out
