"""The checks of a preflight pod, in real processes: each failure is a finding that names its field and what to do."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from hpotrial.__main__ import main
from hpotrial.preflight.kinds import gpu
from hpotrial.preflight.kinds.gpu import GpuState
from hpotrial.protocol import EXIT_INVALID_CONFIG, PREFLIGHT_ENV
from hpotrial.protocol.preflight import (
    FAILED,
    MESSAGE_BYTES,
    PASSED,
    WARNING,
    Finding,
    PreflightConfig,
    PreflightResult,
)

CODE = """
import os, signal, sys
def objective(trial): return 1.0
def load(): return [1]
def samples(trial):
    trial.suggest_float("lr", 0.1, 1.0)
    trial.suggest_int("depth", 1, 8)
    raise SystemExit("the training has begun")
def reports(trial):
    trial.suggest_float("lr", 0.1, 1.0)
    trial.report(1.0, 0)
    raise SystemExit("the training has begun")
def from_params(trial):
    from hpotrial import params
    params(trial)
    raise SystemExit("the training has begun")
def breaks(): raise ValueError("no such batch")
def two(trial, other): return 1.0
def crash(trial): return 1.0
"""
SECRET = "s3cr3t-pass"
UNREACHABLE = f"postgresql://user:{SECRET}@127.0.0.1:1/db"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "code").mkdir()
    (tmp_path / "code/train_checked.py").write_text(CODE)
    (tmp_path / "code/dies_at_import.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
    (tmp_path / "data").mkdir()
    for number in range(3):
        (tmp_path / f"data/{number}.png").write_bytes(b"x" * 100)
    return tmp_path


def exit_code(environ: dict[str, str]) -> int:
    """Run the program of a pod in a child, and return its exit code."""
    pid = os.fork()
    if pid == 0:
        os.environ.update(environ)
        os._exit(main(os.environ))
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def run(
    folder: Path, objective: str = "train_checked:objective", url: str = UNREACHABLE, **block: Any
) -> PreflightResult:
    """Run the checks as a kubelet does, and return what they leave; that of the database only with a `url`."""
    message = folder / "message"
    work = json.dumps({"objective": {"python": objective}, **block.pop("work", {})})
    environ = {
        "HPOSWEEP_STORAGE_URL": url,
        "HPOSWEEP_STUDY": "study",
        "HPOSWEEP_SWEEP_UID": "uid",
        "HOME": str(folder),
        "HPOSWEEP_SOURCE_PATH": str(folder / "code"),
        "HPOSWEEP_TERMINATION_MESSAGE_PATH": str(message),
        PREFLIGHT_ENV: PreflightConfig({"timeoutSeconds": 60, **block}, work).to_json(),
    }
    assert exit_code(environ) == 0
    result = PreflightResult.from_message(message.read_text())
    assert result is not None
    findings = tuple(entry for entry in result.findings if url != UNREACHABLE or entry.check != "database")
    return PreflightResult(findings, result.omitted)


def finding(result: PreflightResult, check: str, name: str | None = None) -> Finding:
    (entry,) = (entry for entry in result.findings if entry.check == check and name in (None, entry.name))
    return entry


def test_what_is_right_passes(folder: Path) -> None:
    checksum = hashlib.sha256(b"x" * 100).hexdigest()
    (folder / "SHA256SUMS").write_text("".join(f"{checksum}  {number}.png\n" for number in range(3)))
    result = run(
        folder,
        imports=[{"module": "optuna", "version": ">=5,<6"}, {"module": "json"}],
        paths=[
            {"path": str(folder / "data"), "glob": "*.png", "minFiles": 3, "minBytes": 300},
            {"path": str(folder / "data/0.png"), "sha256": checksum.upper()},
            {"path": str(folder / "data"), "sha256File": str(folder / "SHA256SUMS")},
        ],
        disk=[{"path": str(folder), "freeBytes": 1}],
        commands=[
            ["sh", "-c", 'test -n "$HPOSWEEP_WORK" && test -z "$HPOSWEEP_STORAGE_URL" && test -f train_checked.py']
        ],
    )
    assert [entry for entry in result.findings if entry.outcome != PASSED] == []
    assert {entry.check for entry in result.findings} >= {
        "configuration",
        "objective",
        "import",
        "path",
        "disk",
        "command",
    }


@pytest.mark.parametrize(
    ("block", "field", "words"),
    [
        ({"paths": [{"path": "/nowhere/data"}]}, "paths[0]", "deepest of its folders that exists is `/`"),
        ({"paths": [{"path": "{data}", "minFiles": 4}]}, "paths[0]", "has 3 files, and 4 files are required"),
        ({"paths": [{"path": "{data}", "glob": "*.jpg"}]}, "paths[0]", "has for `*.jpg` 0 files, and 1 file"),
        ({"paths": [{"path": "{data}", "minBytes": 5000}]}, "paths[0]", "300 B, and 5.0 kB are required"),
        ({"paths": [{"path": "{data}/0.png", "sha256": "0" * 64}]}, "paths[0]", "not 000000000000…"),
        ({"paths": [{"path": "{data}", "sha256": "0" * 64}]}, "paths[0]", "is no file"),
        ({"paths": [{"path": "{data}", "sha256File": "/nowhere"}]}, "paths[0]", "the lines that `sha256sum` prints"),
        ({"imports": [{"module": "optuna", "version": ">=99"}]}, "imports[0]", "and `>=99` is required"),
        ({"imports": [{"module": "not_there"}]}, "imports[0]", "Install it in the image"),
        ({"disk": [{"path": "/tmp", "freeBytes": 2**53}]}, "disk[0]", "9.0 PB are required"),  # noqa: S108
        ({"disk": [{"path": "/nowhere", "freeBytes": 1}]}, "disk[0]", "Mount the volume there"),
        (
            {"commands": [["sh", "-c", "echo two tests failed; exit 3"]]},
            "commands[0]",
            "exit code 3. Its last lines: two",
        ),
        ({"commands": [["no-such-program"]]}, "commands[0]", "cannot be started"),
        ({"commands": [["sleep", "60"]], "timeoutSeconds": 1}, "commands[0]", "did not end within 1 s and was killed"),
        ({"gpu": {}}, "gpu", "no GPU is visible to NVML"),
        ({"sample": "train_checked:breaks"}, "sample", "raised ValueError: no such batch"),
        ({"sample": "train_checked:nothing"}, "sample", "has no `nothing`"),
        ({"source": {"path": "{data}"}}, "source", "is no checkout of git"),
        ({"imports": [{"module": "dies_at_import"}]}, "imports[0]", "its process was killed by SIGSEGV"),
    ],
)
def test_what_is_wrong_is_a_finding_about_its_field(
    folder: Path, block: dict[str, Any], field: str, words: str
) -> None:
    text = json.dumps(block).replace("{data}", str(folder / "data"))
    result = run(folder, **json.loads(text))
    (failure,) = (entry for entry in result.findings if entry.outcome != PASSED)
    assert failure.outcome == FAILED
    assert failure.message.startswith(f"spec.preflight.{field}: ")
    assert words in failure.message


@pytest.mark.parametrize(
    ("objective", "words"),
    [
        ("train_checked:missing", "has no `missing`"),
        ("not_there:objective", "no module `not_there`"),
        ("train_checked:two", "is called as `(trial)`, but its signature is `(trial, other)`"),
        ("dies_at_import:objective", "its process was killed by SIGSEGV"),
    ],
)
def test_the_objective_is_always_checked(folder: Path, objective: str, words: str) -> None:
    failure = finding(run(folder, objective), "objective")
    assert failure.outcome == FAILED
    assert failure.message.startswith("spec.objective.python: ")
    assert words in failure.message


def test_the_sampler_and_the_callbacks_are_always_checked(folder: Path) -> None:
    result = run(folder, work={"sampler": {"name": "NoSampler"}, "callbacks": ["train_checked:objective"]})
    assert "NoSampler" in finding(result, "configuration").message
    callback = next(entry for entry in result.findings if "callbacks[0]" in entry.message)
    assert "is called as `(study, trial)`" in callback.message


def test_a_check_leaves_no_process_behind(folder: Path) -> None:
    marker = folder / "pid"
    run(folder, commands=[["sh", "-c", f"setsid sleep 300 & echo $! > {marker}"]])
    pid = int(marker.read_text())
    assert not Path(f"/proc/{pid}").exists() or "sleep" not in Path(f"/proc/{pid}/cmdline").read_text()


def test_no_part_of_the_url_leaves_the_pod(folder: Path) -> None:
    result = run(folder, commands=[["sh", "-c", f"echo {SECRET}; exit 1"]])
    assert SECRET not in result.to_message()
    assert "[redacted]" in finding(result, "command").message


def test_a_configuration_that_is_no_json_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    environ = {"HPOSWEEP_STORAGE_URL": "postgresql://h/d", "HPOSWEEP_STUDY": "s", "HPOSWEEP_SWEEP_UID": "u"}
    environ |= {PREFLIGHT_ENV: "{", "HPOSWEEP_TERMINATION_MESSAGE_PATH": str(folder / "message")}
    assert exit_code(environ) == EXIT_INVALID_CONFIG
    assert "holds no configuration" in (folder / "message").read_text()


def test_the_message_has_the_worst_findings_and_counts_the_others() -> None:
    findings = [
        *(Finding("path", f"/data/{number}", PASSED, value="é" * 100) for number in range(30)),
        *(Finding("import", f"module{number}", WARNING, "w" * 900) for number in range(3)),
        *(Finding("command", f"make test{number}", FAILED, "\udcff" + "f" * 900) for number in range(4)),
    ]
    result = PreflightResult.of(findings)
    message = result.to_message()
    assert len(message.encode()) <= MESSAGE_BYTES
    assert [entry.outcome for entry in result.findings][:5] == [FAILED] * 4 + [WARNING]
    assert (result.count(FAILED), result.count(WARNING), result.count(PASSED)) == (4, 3, 30)
    assert PreflightResult.from_message(message) is not None
    again = PreflightResult.from_message(message)
    assert again is not None
    assert again.total == 37
    assert all(len(entry.message) <= 600 for entry in again.findings)


@pytest.mark.parametrize("text", ["", "no JSON", "[]", '{"findings": [{"outcome": "Great"}]}', '{"findings": 3}'])
def test_what_is_no_result_is_none(text: str) -> None:
    assert PreflightResult.from_message(text) is None


def test_a_function_that_loads_data_has_to_return(folder: Path) -> None:
    assert finding(run(folder, sample="train_checked:load"), "sample").value == "returned list"


def test_the_commit_is_recorded_and_uncommitted_changes_fail(folder: Path) -> None:
    code = folder / "code"
    git = ("git", "-C", str(code), "-c", "user.name=n", "-c", "user.email=e@example.org")
    for arguments in (("init", "-q"), ("add", "train_checked.py"), ("commit", "-q", "-m", "first")):
        subprocess.run((*git, *arguments), check=True)
    commit = subprocess.run((*git, "rev-parse", "HEAD"), check=True, capture_output=True, text=True).stdout.strip()
    changed = finding(run(folder, source={"path": str(code)}), "source")
    assert (changed.outcome, changed.value) == (FAILED, commit)
    assert "has uncommitted changes: `dies_at_import.py`" in changed.message
    allowed = finding(run(folder, source={"path": str(code), "requireClean": False}), "source")
    assert (allowed.outcome, allowed.value) == (PASSED, commit)


def test_folders_that_cannot_be_written_are_findings(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HOME", "/proc/cache")
    work = {"checkpoints": {"path": "/proc/checkpoints", "keep": "Best"}}
    findings = {entry.name: entry for entry in run(folder, work=work).findings if entry.check == "writable"}
    assert findings["HF_HOME=/proc/cache"].outcome == WARNING
    assert findings["/proc/checkpoints"].outcome == FAILED
    assert findings["/proc/checkpoints"].message.startswith("spec.workers.checkpoints.path: ")
    assert findings[f"HOME={folder}"].outcome == PASSED


def test_the_database_is_reached_from_the_pod(folder: Path, database: tuple[Any, str]) -> None:
    answer = finding(run(folder, url=database[1]), "database")
    assert answer.outcome in (PASSED, WARNING)
    assert answer.value.endswith(" ms")


def test_a_database_that_the_pod_cannot_reach_is_a_finding_without_its_address(folder: Path) -> None:
    unreachable = finding(run(folder, url=UNREACHABLE.replace("user", "other")), "database")
    assert unreachable.outcome == FAILED
    assert "127.0.0.1" not in unreachable.message
    assert "Check network policies" in unreachable.message


@pytest.mark.parametrize(
    ("devices", "torch_count", "min_free", "outcome", "words"),
    [
        ([GpuState(2**34, 0)], 1, 2**33, PASSED, ""),
        ([GpuState(2**34, 0)], 1, 2**35, FAILED, "17.2 GB of free memory, and 34.4 GB are required"),
        ([GpuState(2**34, 2)], 1, None, WARNING, "2 other processes use the GPUs"),
        ([], 1, 2**33, FAILED, "Install nvidia-ml-py"),
        ([], 1, None, WARNING, "Install nvidia-ml-py"),
    ],
)
def test_visible_gpus_are_judged_by_memory_and_processes(
    devices: list[GpuState], torch_count: int, min_free: int | None, outcome: str, words: str
) -> None:
    result = gpu._judge(devices, torch_count, min_free)
    assert result.outcome == outcome
    assert words in result.sentence


LR = {"name": "lr", "float": {"low": 0.1, "high": 1.0}}
DEPTH = {"name": "depth", "int": {"low": 1, "high": 8}}
KIND = {"name": "kind", "categorical": {"choices": ["cnn", [1, 2]]}}
WIDTH = {"name": "width", "int": {"low": 1, "high": 8, "log": True}, "when": {"parameter": "kind", "in": ["cnn"]}}


@pytest.mark.parametrize(
    ("function", "space", "outcome", "words"),
    [
        ("samples", [LR, DEPTH], PASSED, ""),
        ("from_params", [LR, DEPTH, KIND, WIDTH], PASSED, ""),
        ("reports", [LR], PASSED, ""),
        (
            "reports",
            [LR, DEPTH],
            FAILED,
            "never asks for `depth` of `spec.searchSpace`; the dry trial ended at the first",
        ),
        (
            "objective",
            [LR],
            FAILED,
            "never asks for `lr` of `spec.searchSpace`; the dry trial ended when the objective",
        ),
        (
            "samples",
            [{**LR, "float": {"low": 0.1, "high": 2.0}}, DEPTH],
            FAILED,
            "`lr` is asked for as FloatDistribution",
        ),
        ("samples", [DEPTH], WARNING, "asks for `lr`, which `spec.searchSpace` does not have"),
        ("reports", [], PASSED, ""),
        ("objective", [], WARNING, "no parameter was asked for"),
    ],
)
def test_a_dry_trial_compares_parameters_and_trains_nothing(
    folder: Path, function: str, space: list[Any], outcome: str, words: str
) -> None:
    result = run(folder, f"train_checked:{function}", dryTrial=True, work={"searchSpace": space})
    dry = finding(result, "dryTrial")
    assert dry.outcome == outcome, dry
    assert words in dry.message
    assert "the training has begun" not in result.to_message()
