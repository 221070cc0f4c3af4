"""A worker that the cluster took away is replaced soon, however often that has happened before."""

from __future__ import annotations

from typing import Any

from tests.e2e.patience import until
from tests.e2e.place import Place

FAILURES, DISRUPTIONS = (f"batch.kubernetes.io/job-index-{kind}" for kind in ("failure-count", "ignored-failure-count"))
# Kubernetes would wait for its maximum, ten minutes; the operator has it wait for 40 s, which the failures have earned.
FAILED, DISRUPTED, SOON_SECONDS = 2, 9, 75.0


def test_a_slot_that_was_disrupted_often_gets_its_next_pod_soon(shared: Place) -> None:
    shared.apply(shared.sweep("disrupted", most=200, seconds=1.0, replicas=1))
    shared.until_trials("disrupted", COMPLETE=1)
    [first] = shared.running_pods("disrupted")
    name = first["metadata"]["name"]
    shared("annotate", "--overwrite", "pod", name, f"{FAILURES}={FAILED}", f"{DISRUPTIONS}={DISRUPTED}")
    shared("delete", "pod", name, "--wait=false")

    def others() -> list[dict[str, Any]]:
        return [pod for pod in shared.running_pods("disrupted") if pod["metadata"]["name"] != name]

    [second] = until(others, seconds=SOON_SECONDS, what="another worker runs")
    counts = second["metadata"]["annotations"]
    assert (counts[FAILURES], counts[DISRUPTIONS]) == (str(FAILED), "1")  # the one that has just been
    shared.delete("disrupted")
