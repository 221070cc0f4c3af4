"""Optuna's storage for one worker: one study, one running trial, few statements.

Samplers, pruners and `optuna.Trial` use it unchanged. Writes about the running trial collect in the outbox and are sent
together (`flush`). Reads of other trials come from a cache. So a trial costs a handful of statements instead of about
thirty, and continues while the database is unreachable. Created by `study.open_study`, driven by `worker`.
"""

from __future__ import annotations

import copy
import datetime
import json
import time
from collections.abc import Callable, Container, Sequence
from contextlib import suppress
from typing import Any

from optuna.distributions import BaseDistribution
from optuna.exceptions import UpdateFinishedTrialError
from optuna.storages import BaseStorage
from optuna.study import StudyDirection
from optuna.study._frozen import FrozenStudy
from optuna.trial import FrozenTrial, TrialState

from hpotrial.protocol import trial_rows
from hpotrial.protocol.spaces import agree, stored_form
from hpotrial.storage import rows, sql
from hpotrial.storage.connection import SHORT_SECONDS, Connection, ConnectionLostError
from hpotrial.storage.outbox import Outbox
from hpotrial.storage.space_conflict import SpaceChangedError, SpaceVariesError
from hpotrial.storage.trial_cache import TrialCache
from hpotrial.storage.waiting_trials import NO_TRIAL_ID, WaitingTrials

FRESH_SECONDS = 0.05  # so that the reads of one decision see one view of the study
FLUSH_SECONDS = 0.25  # the longest that a write of a busy trial waits


class OwnershipLostError(Exception):
    """The trial is no longer RUNNING: it was ended outside this worker."""


class StudyStorage(BaseStorage):
    """One study of one database. Only the running trial (`begin`) accepts writes."""

    def __init__(
        self,
        connection: Connection,
        study_id: int,
        name: str,
        directions: Sequence[StudyDirection],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.connection, self.study_id, self._name, self._directions = connection, study_id, name, list(directions)
        self._clock = clock
        self._cache = TrialCache(study_id)
        self._refreshed_at = float("-inf")
        self._running: FrozenTrial | None = None
        self._outbox = Outbox(0)
        self._distributions: dict[str, BaseDistribution] = {}
        self._accepted: set[str] = set()  # parameters that this worker has suggested
        self._absent: set[str] = set()  # parameters that no trial had when this trial asked
        self._attributes: dict[str, dict[str, Any]] = {}
        self._pending_attributes: dict[tuple[str, str], Any] = {}  # study attributes that could not be sent yet
        self._queue = WaitingTrials(study_id)

    # --- the running trial --------------------------------------------------------------------------------------------

    def begin(self, trial: FrozenTrial) -> None:
        """Make this the running trial."""
        self._running, self._outbox = trial, Outbox(trial._trial_id)
        self._absent.clear()
        self._refreshed_at = float("-inf")  # so that the sampler decides with fresh trials

    def set_own_attr(self, key: str, value: Any) -> None:
        """Set a user attribute of the running trial."""
        running = self._writable(self._outbox.trial_id)
        running.user_attrs[key] = value
        self._outbox.user(key, value, self._clock())

    def discard_writes(self) -> None:
        """Drop the running trial's pending writes, its end included."""
        self._outbox.clear()
        if self._running is not None:
            self._running.state, self._running.values = TrialState.RUNNING, None
            self._running.datetime_complete = None

    @property
    def has_pending_writes(self) -> bool:
        return bool(self._outbox)

    @property
    def is_overdue(self) -> bool:
        return self._outbox.since is not None and self._clock() - self._outbox.since >= FLUSH_SECONDS

    def flush(self) -> None:
        """Send the outbox in one statement. Safe to repeat.

        Raises ConnectionLostError (and keeps it), OwnershipLostError, psycopg2.Error when the database refuses a value.
        """
        self._flush_study()
        if not self._outbox:
            return
        parts = self._outbox.parts
        if not self.connection.run(sql.write(parts), {"trial": self._outbox.trial_id, **parts}, seconds=SHORT_SECONDS):
            raise OwnershipLostError(
                f"trial {self._running.number if self._running else '?'} was ended outside this worker"
            )
        self._outbox.clear()

    def check_distribution(self, name: str, distribution: BaseDistribution) -> None:
        """Raise SpaceChangedError, or SpaceVariesError after this worker itself suggested from the other definition."""
        rows.check_name("parameter", name)
        stored = self._distribution_of_study(name)
        if stored is None or agree(stored, distribution):
            return
        raise (SpaceVariesError if name in self._accepted else SpaceChangedError)(name, stored, distribution)

    # --- Optuna's storage: the running trial ------------------------------------------------------------------------

    def set_trial_param(
        self, trial_id: int, param_name: str, param_value_internal: float, distribution: BaseDistribution
    ) -> None:
        running = self._writable(trial_id)
        distribution = stored_form(distribution)
        self.check_distribution(param_name, distribution)
        self._distributions.setdefault(param_name, distribution)
        self._accepted.add(param_name)
        running.params[param_name] = distribution.to_external_repr(param_value_internal)
        running.distributions[param_name] = distribution
        self._outbox.param(param_name, param_value_internal, distribution, self._clock())
        self._flush_if_overdue()

    def set_trial_intermediate_value(self, trial_id: int, step: int, intermediate_value: float) -> None:
        running = self._writable(trial_id)
        rows.check_step(step)
        running.intermediate_values.setdefault(step, intermediate_value)
        self._outbox.step(step, intermediate_value, self._clock())
        self._flush_if_overdue()

    def set_trial_user_attr(self, trial_id: int, key: str, value: Any) -> None:
        running = self._writable(trial_id)
        rows.check_name("user attribute", key)
        self._outbox.user(key, value, self._clock())
        running.user_attrs[key] = value
        self._flush_if_overdue()

    def set_trial_system_attr(self, trial_id: int, key: str, value: Any) -> None:
        running = self._writable(trial_id)
        rows.check_name("attribute", key)
        self._outbox.system(key, value, self._clock())
        # Return to a sampler the value that other workers would read.
        running.system_attrs[key] = json.loads(json.dumps(value))

    def set_trial_state_values(self, trial_id: int, state: TrialState, values: Sequence[float] | None = None) -> bool:
        """Keep the end until `flush`, which raises when the trial was ended outside this worker."""
        running = self._writable(trial_id)
        running.state, running.datetime_complete = state, datetime.datetime.now()
        if values is not None:
            running.values = list(values)
        self._outbox.end(state, values, self._clock())
        return True

    # --- Optuna's storage: reading trials -----------------------------------------------------------------------------

    def get_trial(self, trial_id: int) -> FrozenTrial:
        if self._running is not None and trial_id == self._running._trial_id:
            return copy.deepcopy(self._running)
        trial = self._cache.get(trial_id)
        if trial is None:
            records = self.connection.run(sql.TRIAL, {"study": self.study_id, "trial": trial_id})
            if not records:
                raise KeyError(f"study `{self._name}` has no trial with id {trial_id}")
            trial = rows.read_trial(records[0])
        return copy.deepcopy(trial)

    def get_trial_system_attrs(self, trial_id: int) -> dict[str, Any]:
        if self._running is not None and trial_id == self._running._trial_id:
            return dict(self._running.system_attrs)
        return super().get_trial_system_attrs(trial_id)

    def get_all_trials(
        self, study_id: int, deepcopy: bool = True, states: Container[TrialState] | None = None
    ) -> list[FrozenTrial]:
        self._refresh()
        trials = self._cache.trials(states)
        if self._running is not None:
            trials = [trial for trial in trials if trial._trial_id != self._running._trial_id]
            if states is None or self._running.state in states:
                # A copy, because a pruner writes to the trial between reading and comparing.
                trials.append(copy.deepcopy(self._running))
                trials.sort(key=lambda trial: trial.number)
        return copy.deepcopy(trials) if deepcopy else trials

    # --- Optuna's storage: the study --------------------------------------------------------------------------------

    def get_study_name_from_id(self, study_id: int) -> str:
        return self._name

    def get_study_id_from_name(self, study_name: str) -> int:
        return self.study_id

    def get_study_directions(self, study_id: int) -> list[StudyDirection]:
        return list(self._directions)

    def get_study_user_attrs(self, study_id: int) -> dict[str, Any]:
        return self._study_attributes("user", sql.STUDY_USER_ATTRIBUTES)

    def get_study_system_attrs(self, study_id: int) -> dict[str, Any]:
        return self._study_attributes("system", sql.STUDY_SYSTEM_ATTRIBUTES)

    def set_study_user_attr(self, study_id: int, key: str, value: Any) -> None:
        self._set_study_attribute("user", key, value)

    def set_study_system_attr(self, study_id: int, key: str, value: Any) -> None:
        self._set_study_attribute("system", key, value)

    def create_new_trial(self, study_id: int, template_trial: FrozenTrial | None = None) -> int:
        """Enqueue a trial that waits for its first attempt, and return its id, or -1 while the database is unreachable.

        Only the claim creates other trials, because it counts them against the budget.
        """
        if template_trial is None or template_trial.state != TrialState.WAITING:
            raise NotImplementedError("a trial can only enqueue other trials")
        for key in template_trial.user_attrs:
            rows.check_name("user attribute", key)
        self._queue.add(template_trial)
        with suppress(ConnectionLostError):
            return self._queue.flush(self.connection)
        return NO_TRIAL_ID

    # --- reserved to the operator -----------------------------------------------------------------------------

    def create_new_study(self, directions: Sequence[StudyDirection], study_name: str | None = None) -> int:
        raise NotImplementedError("a worker creates no study")

    def delete_study(self, study_id: int) -> None:
        raise NotImplementedError("a worker deletes no study")

    def get_all_studies(self) -> list[FrozenStudy]:
        raise NotImplementedError("a worker knows its own study only")

    # --- helpers -----------------------------------------------------------------------------------------------------
    def _writable(self, trial_id: int) -> FrozenTrial:
        running = self._running
        if running is None or running._trial_id != trial_id:
            raise UpdateFinishedTrialError("only the running trial can be written to")
        self.check_trial_is_updatable(trial_id, running.state)
        return running

    def _flush_if_overdue(self) -> None:
        """Flush by time when no worker loop does it (a trial in the worker's own process)."""
        if self.is_overdue and not self.connection.is_down:
            with suppress(ConnectionLostError):
                self.flush()

    def refresh(self) -> None:
        """Read the trials again, for a decision that must not miss the end of any. Raises ConnectionLostError."""
        self._cache.refresh(self.connection)
        self._refreshed_at = self._clock()

    def _refresh(self) -> None:
        if self._clock() - self._refreshed_at >= FRESH_SECONDS and not self.connection.is_down:
            with suppress(ConnectionLostError):
                self.refresh()

    def _distribution_of_study(self, name: str) -> BaseDistribution | None:
        """Return the distribution of the study's first trial with this parameter; None when it is unknown now."""
        if name not in self._distributions:
            distribution_of_study = self._cache.distribution(name)
            if distribution_of_study is None and name not in self._absent and not self.connection.is_down:
                with suppress(ConnectionLostError):
                    key = {"study": self.study_id, "name": name}
                    records = self.connection.run(sql.FIRST_DISTRIBUTION, key, SHORT_SECONDS)
                    distribution_of_study = trial_rows.read_distribution(records[0][0]) if records else None
                    self._absent |= set() if records else {name}
            if distribution_of_study is not None:
                self._distributions[name] = distribution_of_study
        return self._distributions.get(name)

    def _study_attributes(self, kind: str, statement: str) -> dict[str, Any]:
        """Return the attributes as they are now, or as last read when the database is unreachable."""
        if not self.connection.is_down:
            with suppress(ConnectionLostError):
                records = self.connection.run(statement, {"study": self.study_id}, SHORT_SECONDS)
                self._attributes[kind] = trial_rows.read_attributes(dict(records))
        pending = {key: value for (of, key), value in self._pending_attributes.items() if of == kind}
        return {**self._attributes.get(kind, {}), **pending}

    def _set_study_attribute(self, kind: str, key: str, value: Any) -> None:
        rows.check_name("study attribute", key)
        self._pending_attributes[kind, key] = json.loads(json.dumps(value))
        with suppress(ConnectionLostError):
            self._flush_study()

    def _flush_study(self) -> None:
        self._queue.flush(self.connection)
        for (kind, key), value in tuple(self._pending_attributes.items()):
            statement = sql.SET_STUDY_USER_ATTRIBUTE if kind == "user" else sql.SET_STUDY_SYSTEM_ATTRIBUTE
            self.connection.run(statement, {"study": self.study_id, "key": key, "value": json.dumps(value)})
            del self._pending_attributes[kind, key]
