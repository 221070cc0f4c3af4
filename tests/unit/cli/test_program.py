"""The program itself: help, version, mistyped words, and the exit code of each."""

from __future__ import annotations

import subprocess
import sys

import pytest

from hposweep import __version__
from hposweep.cli import main


def test_without_a_verb_it_prints_a_short_help_with_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    shown = capsys.readouterr().out
    assert shown.count("\n    hposweep ") == 3
    assert "run       Run a sweep on this machine" in shown
    assert max(len(line) for line in shown.splitlines()) <= 80


def test_version_is_an_option_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == main(["version"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == second
    assert first.startswith(f"hposweep {__version__}, API ")


def test_a_closed_output_is_no_error() -> None:
    program = "import sys; from hposweep.cli import main; sys.exit(main(['version']))"
    done = subprocess.run(["sh", "-c", f'"{sys.executable}" -c "{program}" >&- 2>&-'], check=False)
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["status"], "No such command 'status'"),
        (["run"], "Missing argument 'SWEEP.yaml'"),
        (["run", "sweep.yaml", "--worker", "2"], "No such option: --worker (Possible options: --workers)"),
        (["run", "sweep.yaml", "--trials", "few"], "Invalid value for '--trials'"),
        (["judge", "sweep.yaml", "--ended", "--running"], "--ended and --running exclude each other"),
        (["judge", "sweep.yaml", "--trials", "a", "--study", "b"], "--trials and --study exclude each other"),
        (["validate", "sweep.yaml", "-o", "xml"], "'xml'"),
    ],
)
def test_a_mistyped_word_is_a_sentence_and_exit_code_2(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert sentence in capsys.readouterr().err
