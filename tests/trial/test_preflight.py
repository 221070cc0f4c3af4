"""The checks of a preflight pod, in real processes: each failure is a finding that names its field and what to do."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from hpotrial.protocol import EXIT_INVALID_CONFIG, PREFLIGHT_ENV
from hpotrial.protocol.preflight import (
    FAILED,
    PASSED,
)
from tests.trial.preflight_pod import SECRET, exit_code, finding, folder, run

__all__ = ["folder"]


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
        ({"minReadBytesPerSecond": {"/nowhere": 1}}, "minReadBytesPerSecond", "does not exist here"),
        ({"minReadBytesPerSecond": {"{data}": 1}}, "minReadBytesPerSecond", "has 300 B to read"),
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
