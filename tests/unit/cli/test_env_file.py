"""The file of `--env-file`: its forms, and faults that never show a value."""

from __future__ import annotations

from pathlib import Path

import pytest

from hposweep.cli.run.env_file import read_env_file
from hposweep.cli.run.errors import RefusedInputError


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("A=1\nB=two words\n", {"A": "1", "B": "two words"}),
        ("# comment\n\nexport A='x=y'\n", {"A": "x=y"}),
        ('\ufeffA=1\r\nB="2"\r\n', {"A": "1", "B": "2"}),
        ("A=\n", {"A": ""}),
        ("", {}),
    ],
)
def test_lines_are_variables(tmp_path: Path, text: str, variables: dict[str, str]) -> None:
    file = tmp_path / "a.env"
    file.write_text(text)
    assert read_env_file(file) == variables
    assert read_env_file(None) == {}


@pytest.mark.parametrize("line", ["canary", "1A=canary", "A B=canary", "A: canary"])
def test_a_fault_names_the_line_and_no_value(tmp_path: Path, line: str) -> None:
    file = tmp_path / "a.env"
    file.write_text(f"OK=1\n{line}\n")
    with pytest.raises(RefusedInputError, match="line 2 of") as refusal:
        read_env_file(file)
    assert "canary" not in str(refusal.value)


def test_a_missing_or_binary_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(RefusedInputError, match="cannot be read: No such file"):
        read_env_file(tmp_path / "none")
    (tmp_path / "b").write_bytes(b"\xff\xfe")
    with pytest.raises(RefusedInputError, match="not text in UTF-8"):
        read_env_file(tmp_path / "b")
