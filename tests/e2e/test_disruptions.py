"""A worker that the cluster took away is replaced soon, however often that has happened before."""

from __future__ import annotations

from typing import Any

from tests.e2e.patience import until
from tests.e2e.place import Place

COUNT = "batch.kubernetes.io/job-index-ignored-failure-count"
# Kubernetes would wait for its maximum, ten minutes; the operator has it wait for 40 s.
EARLIER, LEFT, SOON_SECONDS = 9, 2, 75.0


def test_a_slot_that_was_disrupted_often_gets_its_next_pod_soon(shared: Place) -> None:
    shared.apply(shared.sweep("disrupted", most=200, seconds=1.0, replicas=1))
    shared.until_trials("disrupted", COMPLETE=1)
    [first] = shared.running_pods("disrupted")
    name = first["metadata"]["name"]
    shared("annotate", "pod", name, f"{COUNT}={EARLIER}")
    shared("delete", "pod", name, "--wait=false")

    def others() -> list[dict[str, Any]]:
        return [pod for pod in shared.running_pods("disrupted") if pod["metadata"]["name"] != name]

    [second] = until(others, seconds=SOON_SECONDS, what="another worker runs")
    assert second["metadata"]["annotations"][COUNT] == str(LEFT + 1)
    shared.delete("disrupted")
