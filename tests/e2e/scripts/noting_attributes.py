"""User attributes: what else is worth knowing of a trial."""

import optuna
import sklearn.datasets
import sklearn.model_selection
import sklearn.svm


def objective(trial):
    digits = sklearn.datasets.load_digits(n_class=4)
    c = trial.suggest_float("svc_c", 1e-3, 1e3, log=True)
    classifier = sklearn.svm.SVC(C=c)
    scores = sklearn.model_selection.cross_val_score(classifier, digits.data, digits.target, n_jobs=1, cv=3)
    trial.set_user_attr("lowest", float(scores.min()))
    trial.set_user_attr("scores", [float(score) for score in scores])
    trial.set_user_attr("notes", {"kernel": classifier.kernel, "classes": 4})
    return scores.mean()


if __name__ == "__main__":
    study = optuna.create_study(direction="maximize")
    study.set_user_attr("dataset", "digits")
    study.optimize(objective, n_trials=10)
    print(study.best_trial.user_attrs)
