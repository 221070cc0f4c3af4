"""What cannot be run is refused: exit code 2, one sentence a fault, and no folder is begun."""

from __future__ import annotations

from pathlib import Path

import pytest

from hpotrial.protocol import STORAGE_URL_ENV
from tests.builders import changed
from tests.local.command import Command, spaced_sweep
from tests.local.conftest import Runner

GOOD = spaced_sweep()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (changed(GOOD, "spec.trails", 1), "`spec.trails`: unknown field; did you mean `trials`?"),
        (changed(GOOD, "spec.trials.max", 0), "`spec.trials.max`: is 0; must be greater than or equal to 1"),
        (changed(GOOD, "spec.objective.python", "spaced.py"), "`spec.objective.python` must be `module:function`"),
        (changed(GOOD, "spec.suspend", True), "`spec.suspend` is true, so no worker would run"),
        (changed(GOOD, "apiVersion", "hposweep.dev/v9"), "`apiVersion` is `hposweep.dev/v9`; it must be"),
        (changed(GOOD, "kind", "Sweep"), "must hold one document of kind `HPOSweep`; it holds Sweep"),
    ],
)
def test_a_wrong_file_is_refused_before_a_folder_is_begun(run: Runner, wrong: dict[str, object], sentence: str) -> None:
    command = run(wrong)
    assert command.wait() == 2
    assert sentence in command.text()
    assert command.text().count("\n") == 1
    assert not command.out.exists()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("sqlite:///study.db", "is an SQLite URL, which several workers cannot share"),
        ("mysql://u:secret@h/d", "has scheme `mysql`; supported are postgresql, postgres, postgresql+psycopg2"),
        ("postgresql+asyncpg://u:secret@h/d", "has scheme `postgresql+asyncpg`; supported are"),
        ("postgresql://u:secret@h", "names no database"),
    ],
)
@pytest.mark.parametrize("way", ["--storage", STORAGE_URL_ENV])
def test_a_wrong_database_is_refused_without_being_shown(run: Runner, url: str, sentence: str, way: str) -> None:
    command = run(GOOD, arguments=(way, url)) if way == "--storage" else run(GOOD, **{way: url})
    assert command.wait() == 2
    assert f"the value of {way} {sentence}" in command.text()
    assert "secret" not in command.text()


def test_what_only_optuna_can_tell_is_refused_before_a_worker_starts(run: Runner) -> None:
    command = run(changed(GOOD, "spec.study.sampler.options", {"n_start": 3}))
    assert command.wait() == 2
    assert "RandomSampler has no option `n_start`" in command.text()
    assert command.leftovers() == []
    assert not list((command.out / "logs").iterdir())


def test_an_environment_that_only_a_cluster_has_is_refused(run: Runner) -> None:
    source = [{"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "hub", "key": "token"}}}]
    command = run(changed(GOOD, "spec.workers.template.spec.containers.0.env", source))
    assert command.wait() == 2
    assert (
        "`TOKEN` comes from key `token` of Secret `hub`, which a run without a cluster does not have" in command.text()
    )
    assert "Set `TOKEN` in your environment or in a file (--env-file FILE)" in command.text()


def test_a_folder_with_other_files_is_left_alone(run: Runner, folder: Path) -> None:
    (folder / "out").mkdir()
    (folder / "out" / "thesis.tex").write_text("dear")
    command = run(GOOD)
    assert command.wait() == 2
    assert "holds other files; --out must name a new or an empty folder" in command.text()
    assert [path.name for path in command.out.iterdir()] == ["thesis.tex"]


def test_a_folder_of_another_sweep_is_refused(run: Runner) -> None:
    assert run(spaced_sweep(trials=1)).wait() == 0
    command = run(spaced_sweep("other"))
    assert command.wait() == 2
    assert "belongs to sweep `spaced`; choose another with --out" in command.text()


@pytest.mark.parametrize("text", ["", "just words", "{", "- 1", "\x00"])
def test_what_is_no_resource_is_refused(folder: Path, text: str) -> None:
    file = folder / "sweep.yaml"
    file.write_text(text)
    command = Command(file, folder / "out")
    assert command.wait() == 2
    assert str(file) in command.text()
    assert "Traceback" not in command.text()
