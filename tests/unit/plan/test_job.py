"""All that the Jobs of every phase have in common, and the name of the search's Job, which running sweeps rely on."""

from __future__ import annotations

from hposweep.api.names import SEARCH_PHASE
from hposweep.plan.job import phase_job, search_job
from hposweep.plan.podtemplate import pod_template
from tests import builders
from tests.unit import world

SWEEP = world.sweep(workers=builders.workers(3, nodeSelector={"pool": "gpu"}))
PHASE = "preflight"


def test_the_job_of_the_search_keeps_its_names() -> None:
    assert [search_job(SWEEP, attempt=attempt)["metadata"]["name"] for attempt in (1, 2)] == [
        "digits-search",
        "digits-search-2",
    ]
    assert "annotations" not in search_job(SWEEP)["metadata"]


def test_a_job_does_not_block_the_deletion_of_its_sweep_which_needs_a_permission() -> None:
    (owner,) = search_job(SWEEP)["metadata"]["ownerReferences"]
    assert owner["controller"]
    assert not owner.get("blockOwnerDeletion")


def test_a_job_of_another_phase_differs_in_name_labels_and_size_only() -> None:
    search = search_job(SWEEP, study_id=7)
    other = phase_job(
        SWEEP, PHASE, pod_template(SWEEP, PHASE), attempt=1, size=1, study_id=7, is_suspended=False
    )  # fmt: skip
    assert other["metadata"]["name"] == "digits-preflight"
    assert other["metadata"]["labels"] == {**search["metadata"]["labels"], "hposweep.dev/phase": PHASE}
    assert other["metadata"]["ownerReferences"] == search["metadata"]["ownerReferences"]
    assert (other["spec"]["completions"], other["spec"]["parallelism"]) == (1, 1)
    same = ("completionMode", "podFailurePolicy", "podReplacementPolicy", "backoffLimitPerIndex", "suspend")
    assert {field: other["spec"][field] for field in same} == {field: search["spec"][field] for field in same}


def test_the_pods_of_every_phase_are_equal_but_for_their_phase() -> None:
    search, other = pod_template(SWEEP, SEARCH_PHASE), pod_template(SWEEP, "champions")
    assert search["metadata"]["labels"].pop("hposweep.dev/phase") == SEARCH_PHASE
    assert other["metadata"]["labels"].pop("hposweep.dev/phase") == "champions"
    assert other == search
