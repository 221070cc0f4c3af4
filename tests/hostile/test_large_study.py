"""A study of as many trials as the CRD allows is read after a restart, and judged, within the operator's memory."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from typing import Any

import pytest

from bench.judging import judged_sweep
from hposweep import handlers
from hposweep.database import history, statements
from hposweep.database.dsn import Dsn
from hposweep.database.errors import StorageError
from hposweep.database.study import Studies
from hposweep.judge.judge import judge
from hposweep.model.storage import Storage
from hposweep.schema.crd import schema
from tests.hostile.child import peak_mib, resident_mib, run_limited
from tests.hostile.large_study import insert_study

pytestmark = pytest.mark.postgres
MAX_TRIALS = schema()["properties"]["spec"]["properties"]["trials"]["properties"]["max"]["maximum"]
CPU_SECONDS = 120


def read_and_judge(url: str) -> dict[str, Any]:
    """Do what the first pass of a restarted operator does with a study."""
    assert handlers.Context  # what an operator has imported
    before, started = resident_mib(), time.process_time()
    studies = Studies(Dsn(url))
    study = studies.read("s", [True])
    assert study is not None
    trials = studies.history(study.id, study.counts)
    read_seconds, held = time.process_time() - started, resident_mib()
    sweep, observation = judged_sweep(100, random.Random(0))
    storage = Storage(is_reachable=True, study=replace(study, owner=sweep.uid))
    started = time.process_time()
    judge(sweep, replace(observation, storage=storage, history=trials))
    judge_seconds = time.process_time() - started
    again = studies.history(study.id, study.counts)
    return {
        "trials": len(trials.trials),
        "is_kept": again is trials,
        "MiB before": before,
        "MiB after reading": held,
        "MiB at most": peak_mib(),
        "CPU seconds of reading": round(read_seconds, 1),
        "CPU seconds of judging": round(judge_seconds, 1),
    }


def test_the_largest_study_that_the_schema_allows_is_read_after_a_restart(url: str) -> None:
    insert_study(url, "s", MAX_TRIALS)
    figures = run_limited(read_and_judge, url, CPU_SECONDS)
    print(figures)
    assert figures["trials"] == MAX_TRIALS
    assert figures["is_kept"]


def test_a_study_that_would_fill_the_memory_is_refused_until_it_has_fewer_trials(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert_study(url, "s", 1000)
    studies = Studies(Dsn(url))
    study = studies.read("s", [True])
    assert study is not None
    monkeypatch.setattr(history, "MAX_STUDY_BYTES", 1_000_000)
    for _ in range(2):
        with pytest.raises(StorageError, match=r"1,000 trials of the study take more than 1 MB") as caught:
            studies.history(study.id, study.counts)
        assert caught.value.reason == "StudyUnreadable"
    others = studies._session.run("select trial_id from trials where number >= 100")
    studies._session.run(statements.DELETE_TRIALS, {"trial_ids": [trial_id for (trial_id,) in others]})
    smaller = studies.read("s", [True])
    assert smaller is not None
    assert len(studies.history(study.id, smaller.counts).trials) == 100
    studies.close()
