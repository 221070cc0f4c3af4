import copy
import pickle
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor


def fold(job):
    trial, number = job
    return trial.params["x"] + number


def objective(trial):
    x = trial.suggest_float("x", 0, 1)
    jobs = [(trial, 0), (trial, 1)]
    calls = {
        "deepcopy": lambda: copy.deepcopy(trial).params["x"] == x,
        "pickle": lambda: pickle.loads(pickle.dumps(trial)).params["x"] == x,  # noqa: S301  (its own)
        "threads": lambda: list(ThreadPoolExecutor(2).map(fold, jobs)) == [x, x + 1],
        "processes": lambda: list(ProcessPoolExecutor(2).map(fold, jobs)) == [x, x + 1],
    }
    trial.set_user_attr("results", {name: _result(call) for name, call in calls.items()})
    trial.report(x, 0)
    return x


def _result(call):
    try:
        return "ok" if call() else "differs from the trial"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
