"""What README's first screen promises: a fresh clone, `pip install .`, and a verdict in under a minute."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.local.command import Command
from tests.packaging.checkout import ROOT, source_files

EXAMPLE = Path("examples/quadratic/sweep.yaml")


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that git knows, as they are now, and nothing that was built from them."""
    target = tmp_path_factory.mktemp("fresh") / "clone"
    links = [path for path in ROOT.rglob("operator/**/*") if path.is_symlink()]
    for path in (*source_files(), *(link.relative_to(ROOT) for link in links)):
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, target / path, follow_symlinks=False)
    return target


@pytest.fixture(scope="module")
def seconds() -> dict[str, float]:
    return {}


@pytest.fixture(scope="module")
def hposweep(clone: Path, seconds: dict[str, float]) -> str:
    """The command of a virtual environment that holds nothing but the distribution."""
    place = clone.parent / "v"
    pip = (str(place / "bin/pip"), "install", "--quiet", "--disable-pip-version-check", "-c", "constraints.txt", ".")
    _timed(seconds, "venv", lambda: subprocess.run([sys.executable, "-m", "venv", str(place)], check=True))
    _timed(seconds, "pip install .", lambda: subprocess.run(pip, cwd=clone, check=True))
    return str(place / "bin/hposweep")


@pytest.fixture
def example(clone: Path, hposweep: str) -> Iterator[Callable[[str], Command]]:
    started: list[Command] = []

    def start(out: str) -> Command:
        command = Command(clone / EXAMPLE, clone / out, program=(hposweep, "run"))
        started.append(command)
        return command

    yield start
    for command in started:
        if command.process.poll() is None:
            command.kill()


def test_a_fresh_clone_comes_to_a_verdict(
    example: Callable[[str], Command], seconds: dict[str, float], capsys: pytest.CaptureFixture[str]
) -> None:
    command = example("quadratic-run")
    _timed(seconds, "hposweep run", command.wait)
    assert command.process.returncode == 0, command.text()
    assert command.leftovers() == []
    assert command.condition("MinimumSuccess") == ("True", "AllCriteriaMet")
    assert command.condition("FullSuccess") == ("True", "AllCriteriaMet")
    assert len(command.charged()) == 30
    assert {trial["state"] for trial in command.trials()} == {"COMPLETE", "PRUNED"}
    total = sum(seconds.values())
    with capsys.disabled():
        parts = ", ".join(f"{part} {value:.1f} s" for part, value in seconds.items())
        print(f"\nfrom a fresh clone to a verdict in {total:.1f} s: {parts}")


def test_a_killed_one_leaves_nothing_and_the_next_goes_on(example: Callable[[str], Command], clone: Path) -> None:
    command = example("killed-run")
    command.until_running(2)
    command.kill()
    again = example("killed-run")
    assert again.wait() == 0, again.text()
    assert again.leftovers() == []
    assert len(again.charged()) == 30
    names = {path.name for path in clone.iterdir()} - {path.parts[0] for path in source_files()}
    assert {name for name in names if not name.endswith(".log")} == {"quadratic-run", "killed-run"}


def _timed(seconds: dict[str, float], part: str, work: Callable[[], object]) -> None:
    started = time.monotonic()
    work()
    seconds[part] = time.monotonic() - started
