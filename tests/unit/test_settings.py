"""The operator's environment."""

from __future__ import annotations

import pytest

from hposweep.settings import Settings


def test_silence_means_the_defaults() -> None:
    assert Settings.from_environment({}) == Settings()


def test_namespaces_are_split() -> None:
    assert Settings.from_environment({"HPOSWEEP_WATCH_NAMESPACES": "a, b,c"}).watch_namespaces == ("a", "b", "c")


def test_labels_of_metrics_are_named_as_kube_state_metrics_names_them() -> None:
    settings = Settings.from_environment({"HPOSWEEP_METRICS_LABELS": "team, example.com/cost-centre team"})
    assert settings.metrics_labels == {"label_team": "team", "label_example_com_cost_centre": "example.com/cost-centre"}


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ("a-b,a_b", "`a-b` and `a_b`, which are both `label_a_b`"),
        (" ".join(f"key{number}" for number in range(17)), "17 keys; at most 16"),
        ('team"', 'not `team"`'),
        ("example.com/", "not `example.com/`"),
    ],
)
def test_labels_of_metrics_that_cannot_be_shown_are_refused(value: str, complaint: str) -> None:
    with pytest.raises(ValueError, match="HPOSWEEP_METRICS_LABELS") as caught:
        Settings.from_environment({"HPOSWEEP_METRICS_LABELS": value})
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HPOSWEEP_POLL_SECONDS", "0"),
        ("HPOSWEEP_POLL_SECONDS", "soon"),
        ("HPOSWEEP_POLL_SECONDS", "inf"),
        ("HPOSWEEP_HTTP_PORT", "-1"),
        ("HPOSWEEP_HTTP_PORT", "inf"),
        ("HPOSWEEP_HTTP_PORT", "65536"),
        ("HPOSWEEP_LOG_LEVEL", "loud"),
        ("HPOSWEEP_METRICS_ENDED_SECONDS", "-1"),
        ("HPOSWEEP_METRICS_ENDED_SECONDS", "nan"),
        ("HPOSWEEP_METRICS_ENDED_SECONDS", "inf"),
        ("HPOSWEEP_GPU_WEIGHTS", "gpu"),
    ],
)
def test_a_wrong_value_names_its_variable(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"{name} must be .*`{value}`"):
        Settings.from_environment({name: value})
