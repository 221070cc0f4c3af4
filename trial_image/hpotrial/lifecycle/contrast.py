"""The trial of a contrast pair, as the objective sees it. Created by `claim`."""

from __future__ import annotations

from hpotrial.lifecycle.worker_trial import WorkerTrial


class ContrastTrial(WorkerTrial):
    """A trial that is never pruned.

    A pair counts only when both sides have a value. A pruner would end the worse sides, so that pairs with a clear
    difference were lost and those without one stayed.
    """

    def should_prune(self) -> bool:
        """Return False; steps may be reported all the same."""
        return False
