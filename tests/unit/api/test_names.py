"""Names that the operator shares with the cluster."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hposweep.api.names import SEARCH_PHASE, job_attempt, job_name, tier_condition


@given(st.sampled_from([SEARCH_PHASE, "preflight"]), st.integers(min_value=1, max_value=999))
def test_a_job_name_tells_its_attempt(phase: str, attempt: int) -> None:
    assert job_attempt("digits", phase, job_name("digits", phase, attempt)) == attempt


@pytest.mark.parametrize(
    "other", ["digits-v2-search", "digits-champions", "digits-search-x", "digits-preflight-2", "search"]
)
def test_other_jobs_are_no_attempt(other: str) -> None:
    assert job_attempt("digits", SEARCH_PHASE, other) == 0


def test_the_longest_sweep_name_leaves_room_for_its_pods() -> None:
    pod = f"{job_name('s' * 40, SEARCH_PHASE, 999)}-999-abcde"
    assert len(pod) <= 63


def test_a_tier_becomes_a_condition() -> None:
    assert tier_condition("minimum") == "MinimumSuccess"
    assert tier_condition("goodEnough") == "GoodEnoughSuccess"
