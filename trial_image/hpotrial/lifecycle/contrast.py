"""The trial of a contrast pair, as the objective sees it. Made by `claim`."""

from __future__ import annotations

import optuna


class ContrastTrial(optuna.Trial):
    """It is never told to stop early.

    A pair counts only when both sides have a value. A pruner would end the worse sides, so that pairs with a clear
    difference were lost and those without one stayed.
    """

    def should_prune(self) -> bool:
        """Steps may be reported all the same."""
        return False
