"""The whole judgement of one pass, in one call. `reconcile` asks; `plan` and `report` get the answer."""

from __future__ import annotations

from hposweep.api.sweep import Sweep
from hposweep.judge import contract, criteria, gates
from hposweep.judge.end import end
from hposweep.judge.failures import too_many_failed
from hposweep.model.observation import Observation
from hposweep.model.trials import Study
from hposweep.model.verdicts import Verdicts


def judge(sweep: Sweep, seen: Observation) -> Verdicts:
    """Gates, end and tiers."""
    faults = (*contract.faults(sweep.spec), *seen.refusals)
    failed = too_many_failed(sweep, seen.storage.study)
    ending = end(sweep, seen, faults, failed)
    return Verdicts(
        accepted=gates.accepted(faults),
        storage=gates.storage(sweep, seen.storage),
        faults=faults,
        end=ending,
        pending_end=failed if ending is None else None,
        tiers=criteria.tiers(
            sweep.spec.success,
            sweep.spec.study.objectives,
            _study_to_judge(sweep, seen),
            has_ended=ending is not None or sweep.has_ended,
        ),
    )


def _study_to_judge(sweep: Sweep, seen: Observation) -> Study | None:
    """None when there is something to judge and it cannot be read; before the first worker there is nothing yet."""
    study = seen.storage.study
    if study is not None and study.owner == sweep.uid:
        return study
    return None if seen.workers.jobs else Study(id=0, name=sweep.study_name)
