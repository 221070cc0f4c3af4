"""`trial.storage` and `trial.study._storage`, through which Optuna's own functions and integrations read and write.

Only plain values leave this process. `lifecycle.trial_server` answers, and accepts only writes to the running trial.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any, NoReturn

from optuna.distributions import BaseDistribution, distribution_to_json, json_to_distribution
from optuna.storages import BaseStorage
from optuna.study import StudyDirection
from optuna.study._frozen import FrozenStudy
from optuna.trial import FrozenTrial, TrialState

from hpotrial.process.attributes import checked_key, plain_value
from hpotrial.process.trial_client import Client

FIXED_PARAMS = "fixed_params"  # Optuna's name for the parameters that an enqueued trial must use


class StorageProxy(BaseStorage):
    """The storage of one study."""

    def __init__(self, client: Client) -> None:
        self._client = client

    # --- the running trial --------------------------------------------------------------------------------------------

    def set_trial_param(
        self, trial_id: int, param_name: str, param_value_internal: float, distribution: BaseDistribution
    ) -> None:
        name = checked_key("parameter", param_name)
        plain = json_to_distribution(distribution_to_json(distribution))  # its choices may be of the user's classes
        self._call("set_trial_param", trial_id, name, float(param_value_internal), plain)

    def set_trial_intermediate_value(self, trial_id: int, step: int, intermediate_value: float) -> None:
        self._call("set_trial_intermediate_value", trial_id, int(step), float(intermediate_value))

    def set_trial_user_attr(self, trial_id: int, key: str, value: Any) -> None:
        key = checked_key("user attribute", key)
        self._call("set_trial_user_attr", trial_id, key, plain_value("user attribute", key, value))

    def set_trial_system_attr(self, trial_id: int, key: str, value: Any) -> None:
        key = checked_key("system attribute", key)
        self._call("set_trial_system_attr", trial_id, key, plain_value("system attribute", key, value))

    def set_trial_state_values(
        self, trial_id: int, state: TrialState, values: Sequence[float] | None = None
    ) -> NoReturn:
        raise _absent("set_trial_state_values", "return the value, or raise optuna.TrialPruned")

    # --- reading ----------------------------------------------------------------------------------------------------

    def get_trial(self, trial_id: int) -> FrozenTrial:
        return self._call("get_trial", trial_id)  # type: ignore[no-any-return]

    def get_all_trials(
        self, study_id: int, deepcopy: bool = True, states: Container[TrialState] | None = None
    ) -> list[FrozenTrial]:
        names = None if states is None else tuple(state for state in TrialState if state in states)
        return self._call("get_all_trials", study_id, deepcopy=deepcopy, states=names)  # type: ignore[no-any-return]

    def get_best_trial(self, study_id: int) -> FrozenTrial:
        return self._call("get_best_trial", study_id)  # type: ignore[no-any-return]

    def get_n_trials(self, study_id: int, state: tuple[TrialState, ...] | TrialState | None = None) -> int:
        return self._call("get_n_trials", study_id, state)  # type: ignore[no-any-return]

    def get_study_user_attrs(self, study_id: int) -> dict[str, Any]:
        return self._call("get_study_user_attrs", study_id)  # type: ignore[no-any-return]

    def get_study_system_attrs(self, study_id: int) -> dict[str, Any]:
        return self._call("get_study_system_attrs", study_id)  # type: ignore[no-any-return]

    def get_study_id_from_name(self, study_name: str) -> int:
        facts = self._client.facts
        if study_name != facts.study_name:
            raise KeyError(f"a trial knows its own study `{facts.study_name}` only (got `{study_name}`)")
        return facts.study_id

    def get_study_name_from_id(self, study_id: int) -> str:
        facts = self._client.facts
        if study_id != facts.study_id:
            raise KeyError(f"a trial knows its own study {facts.study_id} only (got {study_id})")
        return facts.study_name

    def get_study_directions(self, study_id: int) -> list[StudyDirection]:
        return [StudyDirection[name] for name in self._client.facts.directions]

    # --- the study ----------------------------------------------------------------------------------------------------

    def set_study_user_attr(self, study_id: int, key: str, value: Any) -> None:
        key = checked_key("study attribute", key)
        self._call("set_study_user_attr", study_id, key, plain_value("study attribute", key, value))

    def set_study_system_attr(self, study_id: int, key: str, value: Any) -> None:
        key = checked_key("study system attribute", key)
        self._call("set_study_system_attr", study_id, key, plain_value("study system attribute", key, value))

    def create_new_trial(self, study_id: int, template_trial: FrozenTrial | None = None) -> int:
        """Enqueue a trial, as `study.enqueue_trial` does."""
        if template_trial is None or template_trial.state != TrialState.WAITING:
            raise _absent("create_new_trial", "enqueue parameters with trial.study.enqueue_trial")
        params = plain_value("enqueue_trial", "params", template_trial.system_attrs.get(FIXED_PARAMS, {}))
        attributes = {
            checked_key("user attribute", key): plain_value("user attribute", key, value)
            for key, value in template_trial.user_attrs.items()
        }
        return self._call("enqueue", params, attributes)  # type: ignore[no-any-return]

    def create_new_study(self, directions: Sequence[StudyDirection], study_name: str | None = None) -> NoReturn:
        raise _absent("create_new_study", "create another sweep")

    def delete_study(self, study_id: int) -> NoReturn:
        raise _absent("delete_study", "set spec.deletionPolicy: Delete, and delete the sweep")

    def get_all_studies(self) -> list[FrozenStudy]:
        raise _absent("get_all_studies", "open the database with optuna.load_study outside the sweep")

    def _call(self, name: str, *arguments: Any, **keywords: Any) -> Any:
        return self._client.call(f"storage.{name}", *arguments, **keywords)


def _absent(name: str, advice: str) -> NotImplementedError:
    return NotImplementedError(f"trial.storage.{name} is not available inside a trial; {advice}")
