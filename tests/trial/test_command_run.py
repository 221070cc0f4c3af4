"""A program as an objective: what it is given, what it gives back, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna.study import StudyDirection
from optuna.trial import TrialState

from hpotrial import protocol
from hpotrial.failures.classify import TrialOutcome, classify
from hpotrial.objective.command import monitor
from hpotrial.objective.command.run import Command, CommandNotFoundError
from hpotrial.objective.invoke import call
from hpotrial.protocol.messages import Exited, Pruned, Returned, ReturnedInvalid, TrialEnd
from tests.trial.builders import OBJECTIVES, work

SPACE = [
    {"name": "x", "float": {"low": 0.25, "high": 0.25}},
    {"name": "learning-rate", "float": {"low": 1e-5, "high": 1e-5}},
    {"name": "kind", "categorical": {"choices": ["a b"]}},
    {"name": "flag", "categorical": {"choices": [True]}},
]


def commanded(**blocks: Any) -> dict[str, Any]:
    block = work(**blocks)
    return block | {"objective": {"command": ["train"], "fixed": block["objective"]["fixed"]}}


def program(how: str) -> Command:
    return Command((sys.executable, str(OBJECTIVES / "programs.py"), how))


@pytest.fixture(autouse=True)
def _sweep(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    block = commanded(search_space=SPACE, fixed={"epochs": 3, "layers": [1, 2]})
    monkeypatch.setenv(protocol.WORK_ENV, json.dumps(block))
    monkeypatch.setenv(protocol.STUDY_ENV, "digits")
    monkeypatch.setenv("HPO_PARAM_FROM_ELSEWHERE", "1")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def trial() -> optuna.Trial:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(pruner=optuna.pruners.ThresholdPruner(upper=100.0))
    return study.ask()


def ended(how: str, trial: Any) -> TrialEnd:
    return call(program(how), trial)


def judged(how: str, trial: Any, tail: str = "") -> TrialOutcome:
    return classify(ended(how, trial), [StudyDirection.MINIMIZE], tail=tail)


def test_the_last_line_is_the_result(trial: optuna.Trial, capfd: pytest.CaptureFixture[str]) -> None:
    assert ended("prints", trial) == Returned((0.25,))
    assert trial.params == {"x": 0.25, "learning-rate": 1e-5, "kind": "a b", "flag": True}
    assert "epoch 1 done" in capfd.readouterr().out


def test_the_program_finds_parameters_in_environment_and_file(trial: optuna.Trial) -> None:
    assert ended("echo", trial) == Returned((1.5,))
    seen = trial.user_attrs["environ"]
    params = {name.removeprefix("HPO_PARAM_"): value for name, value in seen.items() if "PARAM_" in name}
    assert params == {
        "X": "0.25",
        "LEARNING_RATE": "1e-05",
        "KIND": "a b",
        "FLAG": "true",
        "EPOCHS": "3",
        "LAYERS": "[1, 2]",
    }
    assert (seen["HPO_TRIAL_NUMBER"], seen["HPO_SEED"]) == ("0", "0")
    assert "HPO_CHECKPOINT_DIR" not in seen
    assert trial.user_attrs["params"] == {**trial.params, "epochs": 3, "layers": [1, 2]}
    assert trial.constraints == {"size": -2.0}
    assert not Path(seen["HPO_PARAMS_FILE"]).parent.exists()


def test_the_program_gets_the_seed_that_its_process_has(trial: optuna.Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HPO_SEED", "1000001")
    assert ended("echo", trial) == Returned((1.5,))
    assert trial.user_attrs["environ"]["HPO_SEED"] == "1000001"


def test_the_program_runs_where_its_sources_are(trial: optuna.Trial) -> None:
    command = Command((sys.executable, "programs.py", "echo"), str(OBJECTIVES))
    command.check()
    assert call(command, trial) == Returned((1.5,))
    assert trial.user_attrs["folder"] == str(OBJECTIVES)


def test_the_program_gets_its_checkpoint_folder(
    trial: optuna.Trial, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    block = commanded(checkpoints={"path": str(tmp_path / "ckpt"), "keep": "Best"})
    monkeypatch.setenv(protocol.WORK_ENV, json.dumps(block))
    ended("echo", trial)
    assert trial.user_attrs["environ"]["HPO_CHECKPOINT_DIR"] == str(tmp_path / "ckpt" / "digits" / "trial-0")


def test_steps_are_reported(trial: optuna.Trial) -> None:
    assert ended("reports", trial) == Returned((0.25,))
    assert trial.study.trials[0].intermediate_values == {0: 0.0, 1: 0.5, 2: 1.0}


def test_a_program_that_is_pruned_may_end_by_itself(trial: optuna.Trial) -> None:
    assert ended("pruned-politely", trial) == Pruned()


def test_a_program_that_does_not_listen_is_ended(trial: optuna.Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(monitor, "PRUNED_GRACE_SECONDS", 0.05)
    monkeypatch.setattr(monitor, "SIGTERM_GRACE_SECONDS", 0.05)
    assert ended("pruned-deaf", trial) == Pruned()


def test_a_result_that_is_there_already_is_not_pruned_away(trial: optuna.Trial) -> None:
    """Told of its pruning only after its end, it could not have listened; or it was told in time, and is pruned."""
    assert ended("last-step-is-bad", trial) in (Returned((2.0,)), Pruned())


def test_a_lot_of_output_is_no_trouble(trial: optuna.Trial, capfd: pytest.CaptureFixture[str]) -> None:
    assert ended("prints-a-lot", trial) == Returned((3.5,))
    assert len(capfd.readouterr().out) > 100 * 2**20


def test_who_keeps_the_output_open_keeps_nobody_waiting(trial: optuna.Trial) -> None:
    assert ended("leaves-a-printer", trial) == Returned((4.5,))
    os.kill(int(Path("printer").read_text()), signal.SIGKILL)  # a worker would have ended it (`test_zoo`)


@pytest.mark.parametrize(
    ("how", "tail", "failure_class", "sentence"),
    [
        (
            "raises",
            "ValueError: batch is empty",
            "ObjectiveError",
            "ended with exit code 1: ValueError: batch is empty",
        ),
        ("imports", "ModuleNotFoundError: No module named 'x'", "ImportError", "exit code 1: ModuleNotFoundError"),
        ("no-data", "FileNotFoundError: [Errno 2] No such", "DataMissing", "exit code 1: FileNotFoundError"),
        ("raises", "torch.OutOfMemoryError: CUDA out of", "OutOfMemory", "exit code 1: torch.OutOfMemoryError"),
        ("raises", "MemoryError", "OutOfMemory", "exit code 1: MemoryError"),
        ("exit-3", "", "ObjectiveError", "ended with exit code 3"),
        ("kill-9", "", "Crashed", "was killed by SIGKILL"),
        (
            "nothing",
            "",
            "Crashed",
            "ended with exit code 0 and without a result: it printed nothing on its standard output. Print "
            "`OBJECTIVE=…`, or say in spec.objective.metrics how it is printed, also on the error output",
        ),
    ],
)
def test_a_bad_end_has_class_and_sentence(
    trial: optuna.Trial, how: str, tail: str, failure_class: str, sentence: str
) -> None:
    verdict = judged(how, trial, tail)
    assert verdict.state == TrialState.FAIL
    assert verdict.failure_class == failure_class
    assert sentence in verdict.error
    assert "programs.py" in verdict.error


@pytest.mark.parametrize(
    ("exit_code", "failure_class", "sentence"),
    [
        (126, "ObjectiveError", "as when a program that it calls cannot be executed"),
        (127, "ObjectiveError", "as when a program that it calls is not found"),
        (137, "Crashed", "was killed by SIGKILL"),
        (139, "Crashed", "was killed by SIGSEGV"),
        (-6, "Crashed", "was killed by SIGABRT"),
        (255, "ObjectiveError", "ended with exit code 255"),
    ],
)
def test_exit_codes_are_read_as_a_shell_writes_them(exit_code: int, failure_class: str, sentence: str) -> None:
    verdict = classify(Exited("sh train.sh", exit_code), [StudyDirection.MINIMIZE])
    assert verdict.failure_class == failure_class
    assert verdict.error.startswith("`sh train.sh` ")
    assert sentence in verdict.error


def test_a_program_that_the_kernel_took_ran_out_of_memory() -> None:
    for exit_code in (137, -9):
        verdict = classify(Exited("./train", exit_code), [StudyDirection.MINIMIZE], is_oom_killed=True)
        assert verdict.failure_class == "OutOfMemory"


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (("no-such-program",), r"^spec.objective.command: `no-such-program` is not in any folder of PATH$"),
        (("./missing.sh",), r"`./missing.sh` does not exist \(.*missing.sh\)$"),
        (("./folder/",), r"`./folder/` is a folder"),
        (("./plain.sh",), r"`./plain.sh` is not executable"),
    ],
)
def test_a_program_that_cannot_be_started_is_refused_before_any_trial(
    tmp_path: Path, command: tuple[str, ...], sentence: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "plain.sh").write_text("echo 1\n")
    with pytest.raises(CommandNotFoundError, match=sentence):
        Command(command, str(tmp_path)).check()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("#!/nowhere/python\n", "the interpreter that its first line names does not exist"),
        ("#!/bin/sh\r\necho 1\r\n", "its lines end as on Windows. Convert it with `dos2unix`"),
        ("echo 1\n", "its first line names no interpreter. Write `#!/bin/sh` there"),
    ],
)
def test_a_program_that_fails_to_start_is_a_sentence(
    trial: optuna.Trial, tmp_path: Path, text: str, sentence: str
) -> None:
    script = tmp_path / "train"
    script.write_text(text)
    script.chmod(0o755)
    end = call(Command((str(script),)), trial)
    assert isinstance(end, ReturnedInvalid)
    assert end.sentence.startswith("spec.objective.command: `")
    assert sentence in end.sentence


def test_without_a_folder_for_temporary_files(
    trial: optuna.Trial, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "absent"))
    end = call(program("prints"), trial)
    assert isinstance(end, ReturnedInvalid)
    assert end.sentence.startswith("spec.objective.command: needs a folder for temporary files (")


def test_bad_json_is_a_sentence(trial: optuna.Trial) -> None:
    assert judged("{broken", trial).error.startswith("HPO_RESULT_FILE: ")


def test_a_command_reads_like_a_shell_line() -> None:
    assert str(Command(("python", "a b.py"))) == "python 'a b.py'"
