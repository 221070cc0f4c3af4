"""What libraries and published scripts ask of a trial."""

import tempfile
from pathlib import Path

import optuna
from optuna.artifacts import FileSystemArtifactStore, upload_artifact
from optuna.terminator import report_cross_validation_scores

STORE = FileSystemArtifactStore(tempfile.mkdtemp())


def objective(trial):
    x = trial.suggest_float("x", 0, 1)
    calls = {
        "instance": lambda: isinstance(trial, optuna.Trial),
        "study": lambda: isinstance(trial.study, optuna.Study),
        "multi": lambda: trial.study._is_multi_objective(),
        "upload": lambda: bool(upload_artifact(artifact_store=STORE, file_path=__file__, study_or_trial=trial)),
        "scores": lambda: report_cross_validation_scores(trial, [x, x]),
        "attribute": lambda: trial.study.set_user_attr("seen", trial.number),
        "read": lambda: trial.study.user_attrs["seen"],
        "sampler": lambda: type(trial.study.sampler).__name__,
        "pruner": lambda: type(trial.study.pruner).__name__,
        "frame": lambda: len(trial.study.trials_dataframe()),
        "trials": lambda: len(trial.study.get_trials(deepcopy=False, states=(optuna.trial.TrialState.COMPLETE,))),
        "stored": lambda: trial.storage.get_trial(trial._trial_id).params,
        "directions": lambda: str(trial.study.directions),
        "best": lambda: trial.study.best_trial.number,
        "params": lambda: trial.params,
        "distributions": lambda: str(trial.distributions),
        "relative": lambda: trial.relative_params,
        "start": lambda: trial.datetime_start is not None,
        "number": lambda: trial.number,
        "attributes": lambda: [name for name in trial.user_attrs if not name.startswith("hposweep:")],
    }
    trial.set_user_attr("answers", {name: _answer(call) for name, call in calls.items()})
    return x


def _answer(call):
    try:
        return str(call())
    except Exception as error:
        return type(error).__name__


def transformers(trial):
    x = trial.suggest_float("x", 0, 1)
    for epoch in range(3):
        if hasattr(trial, "study") and not trial.study._is_multi_objective():
            trial.report(x + epoch, epoch)
            if trial.should_prune():
                raise optuna.TrialPruned
    return x


def instance(trial):
    x = trial.suggest_float("x", 0, 1)
    if not isinstance(trial, optuna.trial.Trial) or isinstance(trial, optuna.trial.FrozenTrial):
        raise TypeError(type(trial).__name__)
    return x


def artifact(trial):
    x = trial.suggest_float("x", 0, 1)
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder, "model.txt")
        model.write_text(str(x))
        name = upload_artifact(artifact_store=STORE, file_path=str(model), study_or_trial=trial)
        listed = optuna.artifacts.get_all_artifact_meta(trial)
    trial.set_user_attr("listed", [meta.filename for meta in listed if meta.artifact_id == name])
    return x


def cross_validation(trial):
    x = trial.suggest_float("x", 0, 1)
    report_cross_validation_scores(trial, [x, x + 0.1, x - 0.1])
    return x


def tracker(trial):
    """Do what experiment trackers' decorators do."""
    x = trial.suggest_float("x", 0, 1)
    trial.storage.set_trial_user_attr(trial._trial_id, "run", f"{trial.study.study_name != ''}")
    trial.set_user_attr("read", trial.storage.get_trial(trial._trial_id).user_attrs["run"])
    return x


def study_attribute(trial):
    x = trial.suggest_float("x", 0, 1)
    if x < trial.study.user_attrs.get("best_seen", 9.0):
        trial.study.set_user_attr("best_seen", x)
    trial.set_user_attr("best_seen", trial.study.user_attrs["best_seen"])
    return x


def trials_of_the_study(trial):
    x = trial.suggest_float("x", 0, 1)
    trial.set_user_attr("states", [each.state.name for each in trial.study.trials])
    trial.set_user_attr("earlier", [each.value for each in trial.study.get_trials(deepcopy=False)])
    return x
