"""Optuna's storage as the worker needs it: one study, one running trial of our own, few and whole statements.

Samplers, pruners and `optuna.Trial` work on it unchanged. What they write about the running trial is kept in the
outbox and told together (`flush`); what they read of other trials comes from a mirror. So a trial costs a handful of
statements instead of some thirty, and goes on while the database is away. `opening` makes it, `worker` drives it.
"""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Callable, Container, Sequence
from contextlib import suppress
from typing import Any

from optuna.distributions import BaseDistribution, check_distribution_compatibility
from optuna.exceptions import UpdateFinishedTrialError
from optuna.storages import BaseStorage
from optuna.study import StudyDirection
from optuna.study._frozen import FrozenStudy
from optuna.trial import FrozenTrial, TrialState

from hpotrial.protocol import trial_rows
from hpotrial.storage import rows, sql
from hpotrial.storage.connection import SHORT_SECONDS, Connection, ConnectionLostError
from hpotrial.storage.outbox import Outbox
from hpotrial.storage.trial_cache import TrialCache

FRESH_SECONDS = 0.05  # many reads of one decision see one view of the study
TELL_SECONDS = 0.25  # what a busy trial has written waits no longer than this


class OwnershipLostError(Exception):
    """The trial is not RUNNING any more: somebody else has ended it."""


class StudyStorage(BaseStorage):
    """One study of one database. Only the running trial (`begin`) can be written to."""

    def __init__(
        self,
        link: Connection,
        study_id: int,
        name: str,
        directions: Sequence[StudyDirection],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.link, self.study_id, self._name, self._directions = link, study_id, name, list(directions)
        self._clock = clock
        self._mirror = TrialCache(study_id)
        self._refreshed_at = float("-inf")
        self._own: FrozenTrial | None = None
        self._outbox = Outbox(0)
        self._distributions: dict[str, BaseDistribution] = {}
        self._attributes: dict[str, dict[str, Any]] = {}
        self._later: dict[tuple[str, str], Any] = {}  # study attributes that could not be told yet

    # --- our own trial ----------------------------------------------------------------------------------------------

    def begin(self, trial: FrozenTrial) -> None:
        """From now on this is the trial that is written to."""
        self._own, self._outbox = trial, Outbox(trial._trial_id)
        self._refreshed_at = float("-inf")  # it is decided with all that is known now

    def note(self, key: str, value: Any) -> None:
        """A user attribute of our own trial."""
        own = self._writable(self._outbox.trial_id)
        own.user_attrs[key] = value
        self._outbox.user(key, value, self._clock())

    def reopen(self) -> None:
        """What was to be said of our own trial is not said, its end included."""
        self._outbox.clear()
        if self._own is not None:
            self._own.state, self._own.values = TrialState.RUNNING, None

    @property
    def has_news(self) -> bool:
        return bool(self._outbox)

    @property
    def is_overdue(self) -> bool:
        return self._outbox.since is not None and self._clock() - self._outbox.since >= TELL_SECONDS

    def flush(self) -> None:
        """Tell what is in the outbox, in one statement. Safe to repeat.

        Raises ConnectionLostError (and keeps it), OwnershipLostError, psycopg2.Error when the database refuses it.
        """
        self._tell_study()
        if not self._outbox:
            return
        parts = self._outbox.parts
        if not self.link.run(sql.write(parts), {"trial": self._outbox.trial_id, **parts}, seconds=SHORT_SECONDS):
            raise OwnershipLostError(f"trial {self._own.number if self._own else '?'} was ended by somebody else")
        self._outbox.clear()

    # --- Optuna's storage: the running trial ------------------------------------------------------------------------

    def set_trial_param(
        self, trial_id: int, param_name: str, param_value_internal: float, distribution: BaseDistribution
    ) -> None:
        own = self._writable(trial_id)
        rows.check_name("parameter", param_name)
        known = self._known_distribution(param_name)
        if known is not None:
            check_distribution_compatibility(known, distribution)
        self._distributions.setdefault(param_name, distribution)
        own.params[param_name] = distribution.to_external_repr(param_value_internal)
        own.distributions[param_name] = distribution
        self._outbox.param(param_name, param_value_internal, distribution, self._clock())
        self._tell_if_overdue()

    def set_trial_intermediate_value(self, trial_id: int, step: int, intermediate_value: float) -> None:
        own = self._writable(trial_id)
        rows.check_step(step)
        own.intermediate_values.setdefault(step, intermediate_value)
        self._outbox.step(step, intermediate_value, self._clock())
        self._tell_if_overdue()

    def set_trial_user_attr(self, trial_id: int, key: str, value: Any) -> None:
        own = self._writable(trial_id)
        rows.check_name("user attribute", key)
        self._outbox.user(key, value, self._clock())
        own.user_attrs[key] = value
        self._tell_if_overdue()

    def set_trial_system_attr(self, trial_id: int, key: str, value: Any) -> None:
        own = self._writable(trial_id)
        rows.check_name("attribute", key)
        self._outbox.system(key, value, self._clock())
        # What a sampler reads back is what others would read.
        own.system_attrs[key] = json.loads(json.dumps(value))

    def set_trial_state_values(self, trial_id: int, state: TrialState, values: Sequence[float] | None = None) -> bool:
        """Kept until `flush`, which is where it may turn out that somebody was faster."""
        own = self._writable(trial_id)
        own.state = state
        if values is not None:
            own.values = list(values)
        self._outbox.end(state, values, self._clock())
        return True

    # --- Optuna's storage: reading trials -----------------------------------------------------------------------------

    def get_trial(self, trial_id: int) -> FrozenTrial:
        if self._own is not None and trial_id == self._own._trial_id:
            return copy.deepcopy(self._own)
        found = self._mirror.get(trial_id)
        if found is None:
            answer = self.link.run(sql.TRIAL, {"study": self.study_id, "trial": trial_id})
            if not answer:
                raise KeyError(f"study `{self._name}` has no trial with id {trial_id}")
            found = rows.read_trial(answer[0])
        return copy.deepcopy(found)

    def get_trial_system_attrs(self, trial_id: int) -> dict[str, Any]:
        if self._own is not None and trial_id == self._own._trial_id:
            return dict(self._own.system_attrs)
        return super().get_trial_system_attrs(trial_id)

    def get_all_trials(
        self, study_id: int, deepcopy: bool = True, states: Container[TrialState] | None = None
    ) -> list[FrozenTrial]:
        self._refresh()
        trials = self._mirror.trials(states)
        if self._own is not None:
            trials = [trial for trial in trials if trial._trial_id != self._own._trial_id]
            if states is None or self._own.state in states:
                # Its own copy: a pruner writes to the trial between reading and comparing.
                trials.append(copy.deepcopy(self._own))
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

    # --- what is the operator's, not ours -----------------------------------------------------------------------------

    def create_new_study(self, directions: Sequence[StudyDirection], study_name: str | None = None) -> int:
        raise NotImplementedError("a worker creates no study")

    def delete_study(self, study_id: int) -> None:
        raise NotImplementedError("a worker deletes no study")

    def get_all_studies(self) -> list[FrozenStudy]:
        raise NotImplementedError("a worker knows its own study only")

    def create_new_trial(self, study_id: int, template_trial: FrozenTrial | None = None) -> int:
        raise NotImplementedError("inside a trial no other can be made; `claim` asks for them")

    # --- inside -------------------------------------------------------------------------------------------------------

    def _writable(self, trial_id: int) -> FrozenTrial:
        own = self._own
        if own is None or own._trial_id != trial_id:
            raise UpdateFinishedTrialError("only the running trial can be written to")
        self.check_trial_is_updatable(trial_id, own.state)
        return own

    def _tell_if_overdue(self) -> None:
        """Where nobody drives us (a trial in this very process), time does."""
        if self.is_overdue and not self.link.is_away:
            with suppress(ConnectionLostError):
                self.flush()

    def _refresh(self) -> None:
        if self._clock() - self._refreshed_at < FRESH_SECONDS or self.link.is_away:
            return
        with suppress(ConnectionLostError):
            self._mirror.refresh(self.link)
            self._refreshed_at = self._clock()

    def _known_distribution(self, name: str) -> BaseDistribution | None:
        """The one that the study's first trial with this parameter had; None when nobody can tell now."""
        if name not in self._distributions:
            known = self._mirror.distribution(name)
            if known is None and not self.link.is_away:
                with suppress(ConnectionLostError):
                    key = {"study": self.study_id, "name": name}
                    answer = self.link.run(sql.FIRST_DISTRIBUTION, key, SHORT_SECONDS)
                    known = trial_rows.read_distribution(answer[0][0]) if answer else None
            if known is not None:
                self._distributions[name] = known
        return self._distributions.get(name)

    def _study_attributes(self, kind: str, statement: str) -> dict[str, Any]:
        """As they are now, or as they were when the database could be asked last."""
        if not self.link.is_away:
            with suppress(ConnectionLostError):
                answer = self.link.run(statement, {"study": self.study_id}, SHORT_SECONDS)
                self._attributes[kind] = trial_rows.read_attributes(dict(answer))
        pending = {key: value for (of, key), value in self._later.items() if of == kind}
        return {**self._attributes.get(kind, {}), **pending}

    def _set_study_attribute(self, kind: str, key: str, value: Any) -> None:
        self._later[kind, key] = json.loads(json.dumps(value))
        with suppress(ConnectionLostError):
            self._tell_study()

    def _tell_study(self) -> None:
        for (kind, key), value in tuple(self._later.items()):
            statement = sql.SET_STUDY_USER_ATTRIBUTE if kind == "user" else sql.SET_STUDY_SYSTEM_ATTRIBUTE
            self.link.run(statement, {"study": self.study_id, "key": key, "value": json.dumps(value)})
            del self._later[kind, key]
