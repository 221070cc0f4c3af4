"""Sweeps that are deleted without the operator and applied again continue their studies; one that exists keeps its."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.contract.apiserver import MERGE_PATCH
from tests.e2e.installation import DEPLOYMENT, NAMESPACE, Installation
from tests.e2e.patience import until
from tests.e2e.place import Place
from tests.e2e.release import Release

pytestmark = pytest.mark.alone

Json = dict[str, Any]
NAMES = ("first", "second", "third")
MAX, STOPPED_AT = 12, 3


def adopting(place: Place, sweep_name: str, **study: Any) -> Json:
    sweep = place.sweep(sweep_name, most=MAX, seconds=0.5, replicas=1)
    sweep["spec"]["study"] |= {"adopt": True, **study}
    return sweep


def remove_by_force(place: Place, *names: str) -> None:
    """Delete sweeps as a lost cluster does: without the operator, so that their studies keep their owners."""
    for name in names:
        path = f"{place.sweeps.path}/{name}"
        place.server.send("PATCH", path, {"metadata": {"finalizers": None}}, content_type=MERGE_PATCH)
        place.server.send("DELETE", path)
        until(
            lambda name=name: place.live_pods(name),
            lambda pods: not pods,
            seconds=120,
            what=f"the pods of {name} are gone",
        )


@contextmanager
def no_operator(installation: Installation) -> Iterator[None]:
    Release(installation).stop_the_operator()
    try:
        yield
    finally:
        installation.kubectl("scale", f"deployment/{DEPLOYMENT}", "-n", NAMESPACE, "--replicas=1")
        installation.wait_until_ready()


def uid(place: Place, name: str) -> str:
    return str(place.sweeps.read(name)["metadata"]["uid"])


def test_all_sweeps_are_deleted_by_force_and_applied_again(shared: Place, installation: Installation) -> None:
    shared.apply(*(adopting(shared, name) for name in NAMES))
    for name in NAMES:
        shared.until_trials(name, COMPLETE=STOPPED_AT)
    before = {name: uid(shared, name) for name in NAMES}
    with no_operator(installation):
        remove_by_force(shared, *NAMES)
        shared.apply(*(adopting(shared, name) for name in NAMES))
    for name in NAMES:
        assert uid(shared, name) != before[name]
        shared.until_condition(name, "StorageReady", reason="Connected")
        shared.until_condition(name, "Complete", reason="BudgetReached")
        assert shared.status(name)["trials"]["finished"] == MAX, "the trials before count, and none ran twice"


def test_a_sweep_of_another_name_takes_over_by_the_uid_that_the_message_names(
    shared: Place, installation: Installation
) -> None:
    shared.apply(adopting(shared, "old"))
    shared.until_trials("old", COMPLETE=STOPPED_AT)
    owner = uid(shared, "old")
    shared.apply(adopting(shared, "new", name=shared.study("old"), takeOverFrom=owner))
    condition = shared.until_condition("new", "StorageReady", "False", reason="StudyOwnedByAnother")
    assert f"(`{shared.name}/old`, uid {owner}), which exists" in condition["message"]
    with no_operator(installation):
        remove_by_force(shared, "old")
    shared.until_condition("new", "StorageReady", reason="Connected")
    shared.until_condition("new", "Complete", reason="BudgetReached")


def test_the_message_has_the_value_to_set(shared: Place, installation: Installation) -> None:
    shared.apply(adopting(shared, "gone"))
    shared.until_trials("gone", COMPLETE=1)
    owner = uid(shared, "gone")
    with no_operator(installation):
        remove_by_force(shared, "gone")
    shared.apply(adopting(shared, "next", name=shared.study("gone")))
    condition = shared.until_condition("next", "StorageReady", "False", reason="StudyOwnedByAnother")
    assert condition["message"].endswith(f"set `spec.study.takeOverFrom: {owner}`")
    patch = json.dumps({"spec": {"study": {"takeOverFrom": owner}}})
    shared("patch", "hposweep", "next", "--type", "merge", "-p", patch)
    shared.until_condition("next", "StorageReady", reason="Connected")
