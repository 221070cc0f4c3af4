"""The files of the analysis Job: what the report takes from the sweep, and what is left out."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

from hposweep.analysis.analyze import AnalysisOptions
from hposweep.api.analysis import COMPARISON, FILES, NEXT_SWEEP, PAGE, REPORT, TRIALS
from hposweep.cli.analysis_job import files
from hposweep.cli.analysis_job.files import results
from hposweep.plan.analysis import analysis_request
from tests.builders import trials_finished
from tests.unit.analysis.studies import random_study
from tests.unit.analysis_world import Scene

STUDY = random_study(12, lambda params: -(params["x"] ** 2))


@pytest.fixture(scope="module")
def scene() -> Scene:
    """An ended sweep with a tier that it has reached."""
    scene = Scene(success={"minimum": [trials_finished(10)]})
    scene.passes()
    return scene


def test_the_report_begins_with_the_verdict_of_the_sweep(scene: Scene) -> None:
    outcome = results(STUDY, analysis_request(scene.cluster.held), AnalysisOptions())
    assert [name for name in FILES if name in outcome.files] == [name for name in FILES if name != COMPARISON]
    report = outcome.files[REPORT]
    assert "Verdict" in report
    assert "minimum" in report
    assert "hposweep report --study" in report  # how to reproduce it, not how to continue a run
    assert outcome.notes == ""


def test_the_next_sweep_follows_the_sweep_itself(scene: Scene) -> None:
    outcome = results(STUDY, analysis_request(scene.cluster.held), AnalysisOptions())
    document = yaml.safe_load(outcome.files[NEXT_SWEEP])
    assert document["metadata"] == {"name": "digits-v2", "namespace": "default"}
    assert document["spec"]["objective"] == {"python": "train:objective"}


def test_a_sweep_without_its_status_has_a_report_without_a_verdict(scene: Scene) -> None:
    request = replace(analysis_request(scene.cluster.held), status=None)
    outcome = results(STUDY, request, AnalysisOptions())
    assert "Verdict" not in outcome.files[REPORT]
    assert outcome.notes.startswith("the report has no verdict, because")


def test_the_least_useful_files_are_left_out_of_a_row_that_would_be_too_large(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = analysis_request(scene.cluster.held)
    whole = results(STUDY, request, AnalysisOptions()).files
    room = sum(len(text.encode()) for name, text in whole.items() if name not in (PAGE, TRIALS))
    monkeypatch.setattr(files, "MAX_ROW_BYTES", room)
    outcome = results(STUDY, request, AnalysisOptions())
    assert set(whole) - set(outcome.files) == {PAGE, TRIALS}
    assert outcome.notes.endswith("report.html, trials.csv")
