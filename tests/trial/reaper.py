"""The operator's own rules and statements for lost trials, with the test's word for which pods are gone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from hposweep.database.dsn import Dsn
from hposweep.database.study import Studies
from hposweep.model.trials import Counts, Study
from hposweep.model.workers import Pod
from hposweep.plan.trials import reap
from tests.trial.builders import SWEEP_UID, SweepStudy
from tests.unit import world

KILLED_EXIT_CODE = 137


class Reaper:
    """Of one study. `max_retries` is what the sweep's `trials.maxRetries` says."""

    def __init__(self, study: SweepStudy, max_retries: int) -> None:
        self._studies = Studies(Dsn(study.uri))
        self._study = study
        spec = world.sweep(trials={"max": 1, "maxRetries": max_retries})
        self._sweep = replace(spec, uid=SWEEP_UID)

    def reap(self, alive: Iterable[str], killed: Iterable[str]) -> int:
        """How many trials were given up, given the uids of pods that run and of those that ended by SIGKILL.

        The study is read first, as a pass of the operator does: whoever is not alive then can have no new trial.
        """
        study = self._read()
        pods = [Pod(uid, uid, "Running", is_ready=True) for uid in alive]
        pods += [Pod(uid, uid, "Failed", exit_code=KILLED_EXIT_CODE) for uid in killed]
        wanted = reap(self._sweep, world.seen(study, pods=tuple(pods)))
        return self._studies.reap(wanted) if wanted is not None else 0

    def busy(self) -> set[str]:
        """The uids of pods that run a trial."""
        return {trial.pod_uid for trial in self._read().running if trial.pod_uid}

    def charged(self) -> int:
        study = self._study.study._study_id
        return self._studies.counts([study]).get(study, Counts()).charged

    def close(self) -> None:
        self._studies.close()

    def _read(self) -> Study:
        study = self._studies.read(self._study.name, [False])
        assert study is not None
        return study
