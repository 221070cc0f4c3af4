"""Sweeps that make the operator use each of its permissions, whatever other tests do.

`test_chart` runs them for a Role and `test_rights` for the ClusterRole; both then read the API server's record.
"""

from __future__ import annotations

from tests.e2e.patience import until
from tests.e2e.place import Json, Place

PLAIN, PAUSED, HELD = "plain", "paused", "held"
HELD_SECONDS = 90  # the operator gives the other containers 30 s, and the pod has to start
# A shell that ends at SIGTERM: `sleep` alone, as process 1, would ignore it for the whole grace period.
SIDE_COMMAND = ["sh", "-c", "trap 'exit 0' TERM; sleep 600 & wait"]
# The namespace demands it, and the operator adds it to the container `trial` only.
SIDE_SECURITY = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}


def use_every_permission(place: Place) -> None:
    """Return when the sweeps of all situations are deleted again."""
    place.apply(place.sweep(PLAIN, most=4, analysis={"disabled": False}), _on_a_gpu(place), _held_open(place))
    (held,) = until(lambda: place.pods(HELD), seconds=60, what="the pod with a second container exists")
    _pause_twice(place)
    place.until_condition(PLAIN, "Complete", reason="BudgetReached")
    place.until_condition(PLAIN, "Analyzed", reason="Done")  # configmaps: create
    until(
        lambda: [pod["metadata"]["uid"] for pod in place.pods(HELD)],
        lambda uids: held["metadata"]["uid"] not in uids,
        seconds=HELD_SECONDS,
        what="the pod that its second container keeps is deleted",  # pods: delete
    )
    place.delete_all()


def _pause_twice(place: Place) -> None:
    for _ in range(2):
        place.until_trials(PAUSED, RUNNING=1)
        place.patch(PAUSED, suspend=True)
        place.until_condition(PAUSED, "Suspended")
        until(
            lambda: place.pods(PAUSED),
            lambda pods: not pods,
            seconds=60,
            what="the finalizer of the pod with a GPU is removed",  # pods/status: patch
        )
        place.patch(PAUSED, suspend=False)
        place.until_condition(PAUSED, "Suspended", "False", reason="Resumed")
    until(
        lambda: [event["count"] for event in place.events(PAUSED) if event["reason"] == "Resumed"],
        [2].__eq__,
        seconds=30,
        what="the second event in the same words is counted",  # events: patch
    )


def _on_a_gpu(place: Place) -> Json:
    sweep = place.sweep(PAUSED, seconds=600, replicas=1)
    sweep["spec"]["workers"]["template"]["spec"]["containers"][0]["resources"] = {"limits": {"nvidia.com/gpu": "1"}}
    return sweep


def _held_open(place: Place) -> Json:
    """Return a sweep whose worker exits while another container of its pod runs on."""
    sweep = place.sweep(HELD, python="failing:ends_the_worker", replicas=1)
    workers = sweep["spec"]["workers"]
    workers["isolation"] = "None"
    side = {"name": "side", "image": place.image, "command": SIDE_COMMAND, "securityContext": SIDE_SECURITY}
    workers["template"]["spec"]["containers"].append(side)
    return sweep
