import multiprocessing
import os
from concurrent.futures import ThreadPoolExecutor


def objective(trial):
    x = trial.suggest_float("x", 0, 1)
    child = os.fork()
    if child == 0:
        try:
            for step in range(100):
                trial.report(x, step)
        finally:
            os._exit(0)
    kinds = set()
    for step in range(100):
        trial.report(x, 1000 + step)
        kinds.add(type(trial.suggest_float("y", 0, 1)).__name__)
    os.waitpid(child, 0)
    trial.set_user_attr("kinds", sorted(kinds))
    return x


def pool(trial):
    x = trial.suggest_float("x", 0, 1)
    global LOADED
    LOADED = trial
    with multiprocessing.get_context("fork").Pool(2) as workers:
        pending = workers.map_async(_load, range(20))
        kinds = {type(trial.suggest_float("y", 0, 1)).__name__ for _ in range(50)}
        pending.wait()
    trial.set_user_attr("kinds", sorted(kinds))
    return x


def _load(item):
    try:
        return LOADED.suggest_float("y", 0, 1)
    except Exception:
        return item


def threads(trial):
    x = trial.suggest_float("x", 0, 1)

    def fold(number):
        trial.report(x, number)
        return type(trial.suggest_float("y", 0, 1)).__name__

    with ThreadPoolExecutor(4) as workers:
        trial.set_user_attr("kinds", sorted(set(workers.map(fold, range(40)))))
    return x
