"""`hposweep history` with a kubectl that is only a script: what it asks, and what it says when it gets no answer."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from hposweep.api.wire import to_wire
from hposweep.cli import main
from hposweep.report.record import with_history
from hposweep.schema.crd import schema
from hposweep.schema.defaults import with_defaults
from hpotrial.protocol import STORAGE_URL_ENV
from tests.builders import sweep as body
from tests.unit import world
from tests.unit.report.reading import told


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(STORAGE_URL_ENV, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))


def kubectl(folder: Path, answer: str, code: int = 0) -> None:
    script = folder / "kubectl"
    script.write_text(
        f"#!{sys.executable}\nimport sys\nopen({str(folder / 'asked')!r}, 'w').write(' '.join(sys.argv[1:]))\n"
        f"(sys.stderr if {code} else sys.stdout).write({answer!r})\nsys.exit({code})\n"
    )
    script.chmod(0o755)


def resource() -> dict[str, Any]:
    sweep = world.sweep(owner="ada")
    seen = world.seen(world.study(sweep, complete=3))
    status = with_history(sweep, told(sweep, seen), seen, world.NOON)
    whole = body("digits", owner="ada")
    whole["metadata"] |= {"uid": world.UID, "generation": 1}
    spec = with_defaults(whole["spec"], schema()["properties"]["spec"])  # as the API server stores it
    return {**whole, "spec": spec, "status": to_wire(status)}


def test_a_person_with_access_to_the_sweep_alone_reads_its_status(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kubectl(tmp_path, json.dumps(resource()))
    assert main(["history", "digits", "-n", "vision"]) == 0
    assert (tmp_path / "asked").read_text() == "get hposweeps.hposweep.dev -n vision -o json -- digits"
    text = capsys.readouterr().out
    assert "Created" in text
    assert "Owner ada" in text


@pytest.mark.parametrize(
    ("answer", "code", "sentence"),
    [
        (
            'Error from server (NotFound): hposweeps.hposweep.dev "x" not found\n',
            1,
            'kubectl says: Error from server (NotFound): hposweeps.hposweep.dev "x" not found',
        ),
        ("no json", 0, "kubectl printed no JSON"),
        ("{}", 0, "written by another version"),
    ],
)
def test_an_answer_that_is_no_sweep_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], answer: str, code: int, sentence: str
) -> None:
    kubectl(tmp_path, answer, code)
    assert main(["history", "x"]) == 2
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "got no NAME"),
        (["x", "--study", "s"], "got NAME and --study"),
        (["x"], "Install kubectl"),
        (["--study", "s"], "needs a database"),
        (["--study", "s", "--storage", "mysql://u:secret@h/d"], "the value of --storage has scheme `mysql`"),
    ],
)
def test_what_is_missing_is_said(capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str) -> None:
    assert main(["history", *arguments]) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert "secret" not in error
