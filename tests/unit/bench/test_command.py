"""`python -m bench` says what it does, and starts nothing for an option that it does not have."""

from __future__ import annotations

import pytest

from bench import __main__ as bench


@pytest.mark.parametrize(("option", "code"), [("--help", 0), ("--quik", 2)])
def test_help_and_a_wrong_option_start_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], option: str, code: int
) -> None:
    monkeypatch.setattr(bench, "server", lambda: pytest.fail("the bench has started"))
    with pytest.raises(SystemExit) as ended:
        bench.main([option])
    assert ended.value.code == code
    printed = capsys.readouterr()
    assert "--quick" in printed.out + printed.err
