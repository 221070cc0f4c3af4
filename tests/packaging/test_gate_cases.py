"""The failure cases of the gates before the search: each has a case on real pods, and one that needs no cluster.

A case on real pods names the field or the object to fix, holds no pod while it waits, and goes on once it is fixed.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.packaging.checkout import ROOT

PREFLIGHT, STORAGE, START = "test_preflight", "test_storage_gate", "test_study_start"
BASELINE = "test_baseline"
PODS, KINDS = "trial/test_preflight", "trial/test_preflight_kinds"
DATABASE, SAME = "integration/test_storage_gate", "local/test_same_gates"
MIN_CASES = 21


@dataclass(frozen=True, slots=True)
class Case:
    """A failure, and where the tests make it: file and words that occur in it, on real pods and without a cluster."""

    failure: str
    e2e: tuple[str, str]
    local: tuple[str, str]
    fix: str  # words of the end-to-end test in which it goes on


CORRECTED = "test_a_corrected_check_starts_the_search_by_itself"
DATABASE_FIXED = "test_a_fixed_database_goes_on_by_itself"
POINT_CORRECTED = "test_a_corrected_point_goes_on_by_itself"
CASES = (
    Case("the data directory is missing", (PREFLIGHT, '"no-data"'), (PODS, "/nowhere/data"), "test_a_patched_check"),
    Case("there are too few files", (PREFLIGHT, '"few-files"'), (PODS, '"minFiles": 4'), CORRECTED),
    Case("a checksum is wrong", (PREFLIGHT, '"bad-checksum"'), (PODS, '"sha256": "0" * 64'), CORRECTED),
    Case("a package is too old", (PREFLIGHT, '"old-package"'), (PODS, '"version": ">=99"'), CORRECTED),
    Case("no GPU is visible", (PREFLIGHT, '"no-gpu"'), (PODS, '({"gpu": {}}'), CORRECTED),
    Case("the disk is too small", (PREFLIGHT, '"small-disk"'), (PODS, "9.0 PB are required"), CORRECTED),
    Case("the test command fails", (PREFLIGHT, '"failing-command"'), (PODS, "two tests failed"), CORRECTED),
    Case("a command hangs", (PREFLIGHT, '"hanging-command"'), (PODS, "did not end within 1 s"), CORRECTED),
    Case("no batch of data can be loaded", (PREFLIGHT, '"no-sample"'), (PODS, "has no `nothing`"), CORRECTED),
    Case(
        "changes are uncommitted",
        (PREFLIGHT, '"uncommitted"'),
        (KINDS, "has uncommitted changes"),
        "test_committed_code_goes_on_by_itself",
    ),
    Case("the objective never asks for a parameter", (PREFLIGHT, '"other-space"'), (SAME, '"other-space"'), CORRECTED),
    Case(
        "the objective cannot be imported",
        (PREFLIGHT, '"no-objective"'),
        (PODS, "no module `not_there`"),
        "test_a_fixed_config_map_goes_on_by_itself",
    ),
    Case(
        "a Secret of the pods is wrong",
        (PREFLIGHT, '"wrong-token"'),
        ("unit/test_preflight_passes", "test_a_change_of_a_secret_of_the_pod_is_checked_soon_after_a_failure"),
        "test_a_fixed_secret_goes_on_by_itself",
    ),
    *(
        Case(
            f"the baseline trial {words}", (BASELINE, f'"{name}"'), ("unit/test_baseline_trial", local), POINT_CORRECTED
        )
        for words, name, local in (
            ("raises", "raises", '"ObjectiveError"'),
            ("runs out of memory", "too-large", '"OutOfMemory"'),
            ("returns no finite value", "not-finite", '"NotFinite"'),
            ("takes too long", "too-long", '"TimedOut"'),
        )
    ),
    Case(
        "the login of the database lacks permissions",
        (STORAGE, '"no-permission"'),
        (DATABASE, "test_tables_that_optuna_may_not_create"),
        DATABASE_FIXED,
    ),
    Case(
        "the database has too few connections",
        (STORAGE, '"few-connections"'),
        (DATABASE, "test_a_login_whose_connections_are_used_up"),
        DATABASE_FIXED,
    ),
    Case(
        "the tables are those of an earlier Optuna", (STORAGE, '"older-optuna"'), (DATABASE, "v2.6.0.a"), DATABASE_FIXED
    ),
    Case("the tables are those of a later Optuna", (STORAGE, '"newer-optuna"'), (DATABASE, "v9.9.9.a"), DATABASE_FIXED),
    Case(
        "the study belongs to another sweep",
        (STORAGE, '"other-owner"'),
        (DATABASE, "test_a_study_of_another_sweep_is_a_row"),
        DATABASE_FIXED,
    ),
    Case(
        "the sweep starts from a study with another space",
        (START, '"outside": ({"study": "outside"}'),
        ("unit/observe/test_warm_starts", "test_a_study_of_another_space_is_a_fault"),
        "test_a_sweep_starts_by_itself_once_the_other_study_has_a_trial_that_fits",
    ),
    Case(
        "the sweep starts from a study that does not exist",
        (START, '"absent": ('),
        ("unit/test_study_start_passes", "test_a_sweep_waits_for_the_study_that_it_starts_from"),
        "test_a_sweep_starts_by_itself_once_the_other_study_is_there",
    ),
    Case(
        "an enqueued point is outside the space",
        (START, 'enqueue=[{"x": 99}]'),
        ("unit/judge/linter/cases_study_start", "enqueue"),
        "test_a_point_outside_the_space_is_refused_until_it_is_corrected",
    ),
)


def test_there_are_enough_cases_and_none_twice() -> None:
    assert len(CASES) >= MIN_CASES
    assert len({case.failure for case in CASES}) == len({case.e2e for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.failure)
def test_a_case_is_tested_on_real_pods_and_without_a_cluster(case: Case) -> None:
    e2e = (ROOT / "tests/e2e" / f"{case.e2e[0]}.py").read_text()
    local = (ROOT / "tests" / f"{case.local[0]}.py").read_text()
    assert case.e2e[1] in e2e
    assert f"def {case.fix}" in e2e
    assert case.local[1] in local
