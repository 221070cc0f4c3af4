"""The Job controller of this machine, with the Job that `plan` makes: which index wants a pod, and when it is over."""

from __future__ import annotations

from dataclasses import replace

from hposweep.cluster.local.job import MAX_BACKOFF_SECONDS, MIN_BACKOFF_SECONDS, JobRecord
from hposweep.plan.job import search_job
from hpotrial.protocol import EXIT_DONE, EXIT_FENCED, EXIT_INTERRUPTED, EXIT_INVALID_CONFIG, EXIT_STORAGE_LOST
from tests.unit import world

KILLED = 137


def record(replicas: int = 2, **options: bool) -> JobRecord:
    return JobRecord(search_job(_sweep(replicas), **options), "uid-job")


def _sweep(replicas: int) -> world.Sweep:
    sweep = world.sweep()
    return replace(sweep, spec=replace(sweep.spec, workers=replace(sweep.spec.workers, replicas=replicas)))


def end(job: JobRecord, index: int, code: int, now: float = 0.0) -> None:
    job.note_end(index, code, pod=f"pod-{index}", now=now)
    job.conclude()


class TestStart:
    def test_every_free_index_wants_a_pod(self) -> None:
        assert record(3).to_start([1], now=0.0) == [0, 2]

    def test_a_suspended_job_wants_none(self) -> None:
        job = record(suspend=True)
        assert job.to_start([], now=0.0) == []
        assert list(job.active_indexes()) == []
        assert job.state().is_suspended

    def test_a_job_of_no_replicas_is_a_suspended_one(self) -> None:
        assert record(0).to_start([], now=0.0) == []

    def test_it_grows_and_shrinks_while_it_runs(self) -> None:
        job = record(1)
        job.resize(3, is_suspended=False)
        assert job.to_start([0], now=0.0) == [1, 2]
        job.resize(1, is_suspended=False)
        assert list(job.active_indexes()) == [0]

    def test_a_suspended_one_starts_nothing_and_stays_what_it_is(self) -> None:
        job = record(2)
        job.resize(2, is_suspended=True)
        assert job.spec["template"]
        assert job.to_start([], now=0.0) == []


class TestEnd:
    def test_it_is_complete_when_every_index_has_succeeded(self) -> None:
        job = record()
        end(job, 0, EXIT_DONE)
        assert not job.has_ended
        assert job.to_start([1], now=0.0) == [], "an index that has succeeded is not started again"
        end(job, 1, EXIT_DONE)
        assert job.state().is_complete

    def test_a_killed_pod_is_replaced_after_a_pause_that_doubles(self) -> None:
        job, now = record(1), 100.0
        pauses = []
        for _ in range(4):
            end(job, 0, KILLED, now)
            pauses.append(job.indexes[0].not_before - now)
            assert job.to_start([], now=now) == []
            now = job.indexes[0].not_before
            assert job.to_start([], now=now) == [0]
        assert pauses == [MIN_BACKOFF_SECONDS * factor for factor in (1, 2, 4, 8)]

    def test_the_pause_has_an_end(self) -> None:
        job = record(1)
        job.indexes[0].failures = 60 if job.to_start([], 0.0) else 0
        job.manifest = {**job.manifest, "spec": {**job.spec, "backoffLimitPerIndex": 1000}}
        end(job, 0, KILLED)
        assert job.indexes[0].not_before == MAX_BACKOFF_SECONDS

    def test_an_index_that_fails_too_often_fails_the_job_only_when_the_others_are_done(self) -> None:
        job = record(2)
        for _ in range(job.spec["backoffLimitPerIndex"] + 1):
            end(job, 0, EXIT_STORAGE_LOST)
        assert job.indexes[0].is_failed
        assert not job.has_ended
        assert job.to_start([1], now=1e9) == []
        end(job, 1, EXIT_DONE)
        assert job.state().is_failed
        assert job.message == "Job has failed indexes: 0"

    def test_a_worker_that_was_asked_to_go_does_not_count(self) -> None:
        job = record(1)
        for _ in range(20):
            end(job, 0, EXIT_INTERRUPTED)
        assert not job.has_ended
        assert job.to_start([], now=MIN_BACKOFF_SECONDS) == [0]

    def test_work_that_no_worker_can_do_fails_the_job_at_once(self) -> None:
        for code in (EXIT_INVALID_CONFIG, EXIT_FENCED):
            job = record(3)
            end(job, 1, code)
            assert job.state().is_failed
            assert job.message == f"pod pod-1 failed with exit code {code} matching FailJob rule at index 2"
            assert list(job.active_indexes()) == []
