"""What only the operator or a worker can find wrong is a condition within 10 s, in a sentence that helps.

All of them are applied at once, and one loop notes when each first says what it must say. The ten seconds are a promise
for an idle machine: the longest is told at the end, and only twice and a half as long fails.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from tests.e2e.figures import Figures
from tests.e2e.patience import PAUSE_SECONDS
from tests.e2e.place import Place, make_secret
from tests.e2e.postgres import Postgres
from tests.e2e.refused import OWNED, PODS, SPEC, STORAGE, Refused, prepare, sweep

pytestmark = pytest.mark.alone

PROMISED_SECONDS = 10
WATCH_SECONDS = 25
DELETE_SECONDS = 20

Json = dict[str, Any]
# What was seen: seconds until the expected condition, and the last conditions.
Seen = Mapping[str, tuple[float | None, list[Json]]]


def observe(place: Place, cases: Iterable[Refused]) -> Seen:
    """Apply all; look until each has said its sentence, or until it has had time enough."""
    left = {case.name: case for case in cases}
    items = [sweep(place, case) for case in left.values()]
    seen: dict[str, tuple[float | None, list[Json]]] = {}
    started = time.monotonic()
    place.kubectl("apply", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    while left and time.monotonic() < started + WATCH_SECONDS:
        for found in place.sweeps.read_all():
            name, conditions = found["metadata"]["name"], found.get("status", {}).get("conditions", [])
            if name in left:
                is_said = any(says(left[name], entry) for entry in conditions)
                seen[name] = (time.monotonic() - started if is_said else None, conditions)
                if is_said:
                    del left[name]
        time.sleep(PAUSE_SECONDS)
    return seen


def says(case: Refused, entry: Json) -> bool:
    bad = "True" if entry["type"] == "Failed" else "False"
    return (
        entry["type"] in case.conditions
        and entry["status"] == bad
        and entry["reason"] in case.reasons
        and all(word in entry["message"] for word in case.words)
    )


def check(case: Refused, seen: Seen) -> None:
    seconds, conditions = seen[case.name]
    print(f"{case.name}: {f'{seconds:.1f} s' if seconds else 'never'}")
    lines = [f"  {entry['type']}={entry['status']} {entry['reason']}: {entry['message']}" for entry in conditions]
    wanted = f"{' or '.join(case.conditions)} with reason {' or '.join(case.reasons)} and the words {case.words}"
    assert seconds is not None, "\n".join([f"not within {WATCH_SECONDS} s: {wanted}; there is", *lines])


@pytest.fixture(scope="module")
def bad(shared: Place, postgres: Postgres) -> Place:
    """A namespace with all that the bad inputs refer to, and with a sweep that owns a study."""
    prepare(shared, postgres)
    owner = shared.sweep("owner", replicas=0)
    owner["spec"]["study"]["name"] = OWNED
    shared.apply(owner)
    shared.until_condition("owner", "StorageReady")
    return shared


@pytest.fixture(scope="module")
def without_pods(bad: Place) -> Seen:
    return observe(bad, (*STORAGE, *SPEC))


@pytest.fixture(scope="module")
def with_pods(bad: Place, without_pods: Seen, pytestconfig: pytest.Config) -> Seen:
    seen = observe(bad, PODS)
    slowest = max((seconds, name) for name, (seconds, _) in [*without_pods.items(), *seen.items()] if seconds)
    Figures(pytestconfig).tell(
        f"bad input: the slowest condition after {slowest[0]:.1f} s ({slowest[1]}), promised {PROMISED_SECONDS} s"
    )
    return seen


@pytest.mark.parametrize("case", [*STORAGE, *SPEC], ids=lambda case: case.name)
def test_it_is_a_condition_soon(case: Refused, without_pods: Seen) -> None:
    check(case, without_pods)


@pytest.mark.parametrize("case", PODS, ids=lambda case: case.name)
def test_what_a_pod_finds_is_a_condition_soon(case: Refused, with_pods: Seen) -> None:
    check(case, with_pods)


@pytest.mark.parametrize("case", [case for case in PODS if "Failed" in case.conditions], ids=lambda case: case.name)
def test_an_objective_that_cannot_be_imported_fails_the_sweep(case: Refused, bad: Place, with_pods: Seen) -> None:
    failed = bad.until_condition(case.name, "Failed", reason="WorkersFailed", seconds=30)
    assert all(word in failed["message"] for word in case.words)
    assert bad.status(case.name)["state"] == "Failed"
    assert len(bad.pods(case.name)) == 1, "no other worker would fare better"


def test_what_is_refused_starts_no_worker(bad: Place, without_pods: Seen) -> None:
    for case in (*STORAGE, *SPEC):
        assert bad.jobs(case.name) == []
        assert bad.conditions(case.name).get("Complete", {}).get("status") != "True"


def test_the_sentence_is_also_the_state_in_one_line_and_a_warning_event(bad: Place, without_pods: Seen) -> None:
    for name in ("no-secret", "no-config-map"):
        condition = next(entry for entry in bad.conditions(name).values() if entry["reason"].endswith("NotFound"))
        assert condition["message"] in bad("get", "hpo", name, "-o", "wide")
        (event,) = (event for event in bad.events(name) if event["reason"] == condition["reason"])
        assert event["type"] == "Warning"
        assert condition["message"] in event["message"]


def test_what_is_put_right_starts_by_itself(bad: Place, without_pods: Seen, postgres: Postgres) -> None:
    assert bad.conditions("no-secret")["StorageReady"]["reason"] == "SecretNotFound"
    make_secret(bad.server, bad.name, "no-secret", uri=postgres.url(bad.name))
    bad.until_condition("no-secret", "StorageReady", reason="Connected", seconds=WATCH_SECONDS)
    bad.until_condition("no-secret", "Complete", reason="BudgetReached")


def test_no_refusal_shows_a_part_of_a_url(bad: Place, without_pods: Seen, password: str) -> None:
    said = bad("get", "hposweeps,events", "-o", "yaml")
    assert "mysql" in said
    assert password not in said


def test_what_never_worked_can_be_deleted_at_once(bad: Place, with_pods: Seen) -> None:
    bad.delete_all(seconds=DELETE_SECONDS)
