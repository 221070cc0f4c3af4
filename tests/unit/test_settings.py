"""The operator's environment."""

from __future__ import annotations

import pytest

from hposweep.settings import Settings


def test_silence_means_the_defaults() -> None:
    assert Settings.from_environment({}) == Settings()


def test_namespaces_are_split() -> None:
    assert Settings.from_environment({"HPOSWEEP_WATCH_NAMESPACES": "a, b,c"}).watch_namespaces == ("a", "b", "c")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HPOSWEEP_POLL_SECONDS", "0"),
        ("HPOSWEEP_POLL_SECONDS", "soon"),
        ("HPOSWEEP_HTTP_PORT", "-1"),
        ("HPOSWEEP_LOG_LEVEL", "loud"),
        ("HPOSWEEP_GPU_WEIGHTS", "gpu"),
    ],
)
def test_a_wrong_value_names_its_variable(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"{name} must be .*`{value}`"):
        Settings.from_environment({name: value})
