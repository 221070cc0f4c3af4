"""The analysis of a sweep on a cluster: after its end, in a Job of its own, with results that outlive both."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from typing import Any

import pytest
import yaml

from tests.builders import study, trials_finished
from tests.contract.apiserver import MERGE_PATCH
from tests.e2e.evidence import Evidence
from tests.e2e.figures import Figures
from tests.e2e.installation import Installation
from tests.e2e.operator_process import kill
from tests.e2e.patience import until
from tests.e2e.place import Place, make_config_map, make_secret
from tests.e2e.postgres import Postgres

Json = dict[str, Any]

ANALYZED = {"disabled": False, "topK": 3}
ROWS = "select sweep, trials, files::text from hposweep.analyses where study = %(study)s"
DONE_SECONDS = 60  # from the last trial, as the issue of the user asks; the operator's image is on the node already
FAILED_SECONDS = 150  # three attempts, with the pauses of the Job controller


def config_map(place: Place, name: str) -> Json:
    return dict(json.loads(place("get", "configmap", name, "-o", "json")))


def seconds_between(first: str, last: str) -> float:
    return (datetime.fromisoformat(last) - datetime.fromisoformat(first)).total_seconds()


def test_results_are_in_a_config_map_and_in_a_row_that_outlives_the_sweep(place: Place, figures: Figures) -> None:
    success = {"minimum": [trials_finished(20)]}
    place.apply(place.sweep("won", most=20, seconds=0.05, analysis=ANALYZED, success=success))
    ended = place.until_condition("won", "Ended")
    done = place.until_condition("won", "Analyzed", reason="Done")
    assert "ConfigMap `won-analysis`" in done["message"]
    assert "table `hposweep.analyses`" in done["message"]
    results = config_map(place, "won-analysis")
    (owner,) = results["metadata"]["ownerReferences"]
    assert (owner["kind"], owner["name"]) == ("HPOSweep", "won")
    files = results["data"]
    assert len(yaml.safe_load(files["top.yaml"])["trials"]) == 3
    assert "MinimumSuccess" in files["report.md"] or "minimum" in files["report.md"]
    assert files["report.html"].startswith("<!DOCTYPE html>")
    assert len(json.dumps(results)) < 1024 * 1024
    assert place.status("won")["results"] == {
        "configMap": "won-analysis",
        "table": "hposweep.analyses",
        "report": "report.html",
        "nextSweep": "next-sweep.yaml",
    }
    ((sweep, trials, text),) = place.database.rows(ROWS, {"study": place.study("won")})
    assert (sweep, trials) == (f"{place.name}/won", 20)
    assert set(json.loads(text)) >= {*files}
    (job,) = [job for job in place.jobs("won") if job["metadata"]["labels"]["hposweep.dev/phase"] == "analysis"]
    assert "postgresql://" not in json.dumps(job)
    seconds = seconds_between(ended["lastTransitionTime"], done["lastTransitionTime"])
    assert seconds <= DONE_SECONDS
    figures.tell(f"{seconds:.0f} s from the end of the sweep to its results")

    following = yaml.safe_load(files["next-sweep.yaml"])
    following["metadata"]["namespace"] = place.name
    place.apply(following)  # as it is
    place.until_condition("won-v2", "Ended")
    place.delete("won")
    until(
        lambda: place("get", "configmap", "won-analysis", "--ignore-not-found"),
        lambda text: not text,
        seconds=60,
        what="the ConfigMap is deleted with its sweep",
    )
    assert len(place.database.rows(ROWS, {"study": place.study("won")})) == 1


def test_a_stopped_sweep_is_analyzed_and_one_without_a_complete_trial_is_not(place: Place) -> None:
    place.apply(
        place.sweep("stopped", seconds=1, most=500, analysis=ANALYZED),
        place.sweep("empty", python="failing:without_data", most=3, replicas=1, analysis=ANALYZED),
    )
    place.until_trials("stopped", COMPLETE=3)
    place.patch("stopped", stop="Terminate")
    nothing = place.until_condition("empty", "Analyzed", "False", reason="NothingToAnalyze")
    assert nothing["message"] == "no trial completed"
    place.until_condition("stopped", "Analyzed", reason="Done")


def test_a_disabled_analysis_creates_nothing_until_it_is_asked_for(place: Place) -> None:
    place.apply(place.sweep("later", most=4, analysis={"disabled": True}))
    place.until_condition("later", "Ended")
    place.until_condition("later", "Analyzed", "False", reason="Skipped")
    assert [job["metadata"]["name"] for job in place.jobs("later")] == ["later-search"]
    place.patch("later", analysis={"disabled": False})
    place.until_condition("later", "Analyzed", reason="Done")


def test_a_job_that_cannot_read_the_database_fails_with_its_own_words(place: Place, postgres: Postgres) -> None:
    make_secret(place.server, place.name, "own-db", uri=postgres.url(place.name))
    own = study(direction="Minimize", objective="loss", storage={"secretRef": {"name": "own-db"}})
    place.apply(place.sweep("lost", most=4, study=own, analysis={"disabled": True}))
    place.until_condition("lost", "Ended")
    wrong = base64.b64encode(postgres.url(place.name, password="not-this-one").encode()).decode()
    path = f"/api/v1/namespaces/{place.name}/secrets/own-db"
    place.server.send("PATCH", path, {"data": {"uri": wrong}}, content_type=MERGE_PATCH)
    place.patch("lost", analysis={"disabled": False})
    failed = place.until_condition("lost", "Analyzed", "False", reason="Failed", seconds=FAILED_SECONDS)
    assert "Job `lost-analysis` failed: " in failed["message"]
    assert "not-this-one" not in failed["message"]
    assert place.conditions("lost")["Ended"]["status"] == "True"


def test_a_config_map_of_the_user_is_left_alone(place: Place) -> None:
    make_config_map(place.server, place.name, "taken-analysis", {"notes": "mine"})
    place.apply(place.sweep("taken", most=4, analysis=ANALYZED))
    failed = place.until_condition("taken", "Analyzed", "False", reason="Failed")
    assert "exists and does not belong to this sweep" in failed["message"]
    assert config_map(place, "taken-analysis")["data"] == {"notes": "mine"}
    assert len(place.database.rows(ROWS, {"study": place.study("taken")})) == 1


def test_a_deletion_in_mid_analysis_leaves_no_pod(place: Place) -> None:
    place.apply(place.sweep("gone", most=4, analysis=ANALYZED))
    until(
        lambda: [job for job in place.jobs("gone") if job["metadata"]["name"] == "gone-analysis"],
        seconds=120,
        what="the analysis has begun",
    )
    place.delete("gone")
    place.until_no_pod_is_left("gone")


@pytest.mark.alone
def test_an_operator_that_is_killed_in_mid_analysis_continues_it(
    place: Place, installation: Installation, evidence: Evidence
) -> None:
    place.apply(place.sweep("killed", most=4, analysis=ANALYZED))
    until(
        lambda: [job for job in place.jobs("killed") if job["metadata"]["name"] == "killed-analysis"],
        seconds=120,
        what="the analysis has begun",
    )
    kill(installation, evidence)
    installation.wait_until_ready()
    place.until_condition("killed", "Analyzed", reason="Done")
    names = [job["metadata"]["name"] for job in place.jobs("killed")]
    assert sorted(names) == ["killed-analysis", "killed-search"]
    assert len(place.database.rows(ROWS, {"study": place.study("killed")})) == 1
