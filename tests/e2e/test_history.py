"""The history of a sweep on a cluster: each act once, in order, with its author, while the operator is killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from hpotrial.protocol import STORAGE_URL_ENV
from tests.builders import best_value
from tests.e2e.evidence import Evidence
from tests.e2e.installation import Installation
from tests.e2e.operator_process import kill
from tests.e2e.patience import until
from tests.e2e.place import Place
from tests.e2e.pod_processes import processes
from tests.e2e.postgres import Postgres

pytestmark = pytest.mark.alone

Json = dict[str, Any]

MOST, SECONDS, NAME = 300, 2.0, "flown"
PERSON = "admin"  # the user of the tests' kubeconfig: the admission policy refuses another name
PROGRAM = (sys.executable, "-c", "import sys; from hposweep.cli import main; sys.exit(main())")
POINT = {
    "name": "early",
    "at": {"trials": 4},
    "rules": [{"when": best_value(less_than=-1.0), "then": "Stop"}],
    "otherwise": "Ask",
    "ask": {"deadlineSeconds": 600, "default": "Stop"},
}


def history(place: Place, *arguments: str, url: str | None = None) -> list[Json]:
    """What `hposweep history` prints, as JSON."""
    environment = {name: value for name, value in os.environ.items() if name != STORAGE_URL_ENV}
    if url is not None:
        environment[STORAGE_URL_ENV] = url
    command = [*PROGRAM, "history", *(arguments or (NAME, "-n", place.name)), "-o", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def kinds(entries: list[Json], *kinds: str) -> list[Json]:
    return [entry for entry in entries if entry["kind"] in kinds]


@pytest.fixture(scope="module")
def flown(shared: Place, installation: Installation, evidence: Evidence) -> Place:
    """A question that is answered, pods that are killed, a stop by patch; the operator is killed after each."""
    place = shared
    place.apply(place.sweep(NAME, seconds=SECONDS, most=MOST, decisionPoints=[POINT], owner="ada@example.org"))
    place.until_condition(NAME, "OnTrack", "Unknown", reason="Asked")
    kill(installation, evidence)
    place.patch(NAME, answers=[{"decision": "early", "answer": "Continue", "by": PERSON, "reason": "fine"}])
    place.until_condition(NAME, "OnTrack", reason="Continue")
    kill(installation, evidence)
    pods = until(partial(place.running_pods, NAME), lambda found: len(found) == 2, seconds=60, what="both pods run")
    for process in (process for pod in pods for process in processes(pod["metadata"]["uid"])):
        process.kill()  # at once, because a worker that is asked to end finishes a short trial
    until(lambda: place.status(NAME)["trials"]["retried"], seconds=120, what="a trial is retried")
    kill(installation, evidence)
    place.patch(NAME, stop="Drain")
    place.until_condition(NAME, "Complete", reason="StoppedByUser")
    kill(installation, evidence)
    installation.wait_until_ready()
    place.until_no_pod_is_left(NAME)
    return place


def test_each_act_is_in_the_database_once_in_order_with_its_author(flown: Place, postgres: Postgres) -> None:
    url = postgres.forwarded_url(flown.name)
    stored = partial(history, flown, "--study", flown.study(NAME), url=url)
    entries = until(stored, lambda found: bool(kinds(found, "End")), seconds=60, what="the end is in the database")
    assert [entry["number"] for entry in entries] == list(range(1, len(entries) + 1))
    acts = kinds(entries, "Created", "Answer", "Decision", "Reap", "Retry", "Stop", "End")
    order = [entry["kind"] for entry in acts]
    assert order[:4] == ["Created", "Decision", "Answer", "Decision"]
    # The trial of the second pod that was killed may be retried before the stop or after it.
    assert [kind for kind in order if kind not in ("Reap", "Retry")][-2:] == ["Stop", "End"]
    assert order[-1] == "End"
    for kind in ("Created", "Answer", "Stop", "End"):
        assert order.count(kind) == 1
    created, asked, answer, decided = acts[:4]
    (stop,), end = kinds(acts, "Stop"), acts[-1]
    assert created["actor"].startswith("kubectl")
    assert "Owner ada@example.org" in created["message"]
    assert (asked["actor"], decided["actor"]) == ("hposweep-operator", PERSON)
    assert answer["actor"] == stop["actor"] == "kubectl-patch"
    assert "`spec.stop`: None → Drain" in stop["message"]
    assert end["numbers"]["complete"] == flown.status(NAME)["trials"]["complete"]
    retried = sum(entry["numbers"]["trials"] for entry in kinds(entries, "Retry"))
    assert retried == flown.status(NAME)["trials"]["retried"]
    times = [entry["time"] for entry in entries]
    assert times == sorted(times)


def test_a_person_with_access_to_the_sweep_alone_sees_the_newest(flown: Place) -> None:
    shown = flown.status(NAME)["history"]
    assert [entry["number"] for entry in history(flown)] == [entry["number"] for entry in shown["entries"]]
    assert history(flown)[-1]["number"] == shown["count"]


def test_the_history_goes_with_the_study_or_stays_with_it(flown: Place, postgres: Postgres) -> None:
    url = postgres.forwarded_url(flown.name)
    before = history(flown, "--study", flown.study(NAME), url=url)
    flown.apply(flown.sweep("kept", most=2), flown.sweep("gone", most=2, deletionPolicy="Delete"))
    for name in ("kept", "gone"):
        flown.until_condition(name, "Complete")
        until(partial(history, flown, "--study", flown.study(name), url=url), seconds=60, what=f"{name} has entries")
        flown.delete(name)
    assert {entry["sweep"] for entry in history(flown, "--study", flown.study("kept"), url=url)} == {
        f"{flown.name}/kept"
    }
    rows = flown.database.rows("select distinct sweep from hposweep.records order by sweep")
    assert [sweep for (sweep,) in rows] == [f"{flown.name}/{NAME}", f"{flown.name}/kept"]
    assert history(flown, "--study", flown.study(NAME), url=url) == before


def test_an_event_in_the_same_words_is_counted(flown: Place) -> None:
    flown.apply(flown.sweep("paused", seconds=600))
    flown.until_condition("paused", "WorkersReady")
    resumed = partial(reasons, flown, "paused", "Resumed")
    suspend_and_resume(flown)
    (first,) = until(resumed, seconds=30, what="the event is there")
    until(
        utc_now, lambda now: now > first["lastTimestamp"], seconds=10, what="the next second, which is all events tell"
    )
    suspend_and_resume(flown)
    (event,) = until(
        resumed, lambda found: [entry["count"] for entry in found] == [2], seconds=30, what="it is counted"
    )
    assert event["firstTimestamp"] < event["lastTimestamp"]


def suspend_and_resume(place: Place) -> None:
    place.patch("paused", suspend=True)
    place.until_condition("paused", "Suspended")
    place.patch("paused", suspend=False)
    place.until_condition("paused", "Suspended", "False", reason="Resumed")


def utc_now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def reasons(place: Place, name: str, reason: str) -> list[Json]:
    return [event for event in place.events(name) if event["reason"] == reason]
