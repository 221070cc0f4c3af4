"""Inputs that the API server cannot refuse: each with the condition, the reason and the words that a user must see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.builders import categorical_parameter, changed, float_parameter, int_parameter, study, trials_finished, when
from tests.e2e.place import Place, make_config_map, make_secret
from tests.e2e.postgres import Postgres

Json = dict[str, Any]
EXAMPLE = "postgresql://USER:PASSWORD@HOST:5432/DATABASE"
STRANGER, OWNED = "e2e_stranger", "a study that two sweeps want"


@dataclass(frozen=True, slots=True)
class Refused:
    """`words` are all in the sentence of one of `conditions`, whose reason is one of `reasons`."""

    name: str
    conditions: tuple[str, ...]
    reasons: tuple[str, ...]
    words: tuple[str, ...]
    change: Callable[[Json], Json]


def _secret(name: str, key: str = "uri") -> Callable[[Json], Json]:
    return lambda sweep: changed(sweep, "spec.study.storage", {"secretRef": {"name": name, "key": key}})


def _set(path: str, value: Any) -> Callable[[Json], Json]:
    return lambda sweep: changed(sweep, path, value)


def _storage(name: str, reason: str, *words: str, key: str = "uri") -> Refused:
    """Its Secret has the same name, and the sentence must say that it is this one."""
    return Refused(name, ("StorageReady",), (reason,), (f"`{name}`", *words), _secret(name, key))


def _spec(name: str, reason: str, path: str, value: Any, *words: str) -> Refused:
    return Refused(name, ("Accepted",), (reason,), words, _set(path, value))


CONTAINER = "spec.workers.template.spec.containers.0"
PYTHON = "spec.objective.python"
DEPTH = [categorical_parameter("kind", "a", "b"), int_parameter("depth", 1, 4, when=when("kind", "c"))]

STORAGE = (
    _storage("no-secret", "SecretNotFound", "does not exist", "spec.study.storage.secretRef"),
    _storage("no-key", "SecretNotFound", "key `url`", "does not exist", key="url"),
    _storage("not-a-url", "InvalidUrl", EXAMPLE),
    _storage("mysql", "InvalidUrl", "mysql", EXAMPLE),
    _storage("sqlite", "InvalidUrl", "SQLite", EXAMPLE),
    _storage("no-database", "InvalidUrl", "names no database", EXAMPLE),
    _storage("no-such-host", "ConnectionFailed", "nowhere.invalid"),
    _storage("nobody-listens", "ConnectionFailed", "port 1 failed", "refused"),
    _storage("own-pod", "HostNotAllowed", "127.0.0.1", "HPOSWEEP_DATABASE_HOSTS"),
    _storage("metadata", "HostNotAllowed", "169.254.169.254", "HPOSWEEP_DATABASE_HOSTS"),
    _storage("socket", "HostNotAllowed", "Unix socket"),
    _storage("wrong-password", "AuthenticationFailed", "password authentication failed"),
    _storage("wrong-user", "AuthenticationFailed", "nobody-knows-me"),
    _storage("no-such-database", "ConnectionFailed", "no-such-database", "does not exist"),
    _storage("no-rights", "InsufficientRights", "permission denied"),
    Refused(
        "owned", ("StorageReady",), ("StudyOwnedByAnother",), (OWNED, "spec.study.name"), _set("spec.study.name", OWNED)
    ),
)
SPEC = (
    _spec("no-config-map", "SourceNotFound", "spec.objective.sourceRef.configMap.name", "absent", "`absent`",
          "spec.objective.sourceRef.configMap.name"),
    _spec("no-python", "SourceNotFound", "spec.objective.sourceRef.configMap.name", "no-python", "`no-python`",
          "holds no Python file", "notes.txt", "`train.py`"),
    _spec("sampler-option", "InvalidSpec", "spec.study", study(sampler={"options": {"n_startups": 3}}),
          "study.sampler.options", "`n_startups`", "n_startup_trials"),
    _spec("sampler-value", "InvalidSpec", "spec.study", study(sampler={"options": {"n_startup_trials": "ten"}}),
          "study.sampler.options.n_startup_trials", "'ten'", "must be an integer"),
    _spec("sampler-name", "InvalidSpec", "spec.study", study(sampler={"name": "TPE"}),
          "study.sampler.name", "`TPE`", "TPESampler"),
    _spec("pruner-option", "InvalidSpec", "spec.study", study(pruner={"options": {"patience": 3}}),
          "study.pruner.options", "`patience`", "n_startup_trials"),
    _spec("strange-choice", "InvalidSpec", "spec.searchSpace", DEPTH, "spec.searchSpace[1].when.in", '`"c"`',
          '`"a"`, `"b"`'),
    _spec("odd-step", "InvalidSpec", "spec.searchSpace", [float_parameter("x", 0.0, 1.0, step=0.3)],
          "spec.searchSpace[0].float.step", "0.3", "0.9"),
    _spec("fixed-and-searched", "InvalidSpec", "spec.objective.fixed.x", 1, "`spec.searchSpace[", "`x` is also in",
          "spec.objective.fixed"),
    _spec("impossible-tier", "Contradiction", "spec.success", {"minimum": [trials_finished(500)]},
          "spec.success.minimum[0]", "500", "`spec.trials.max` is 10"),
    _spec("template-field", "InvalidTemplate", f"{CONTAINER}.imagine", "x", "spec.workers.template", "imagine"),
    _spec("template-value", "InvalidTemplate", f"{CONTAINER}.resources", {"limits": {"memory": "much"}},
          "spec.workers.template", "quantities must match"),
    _spec("host-path", "TemplateNotAllowed", "spec.workers.template.spec.volumes",
          [{"name": "host", "hostPath": {"path": "/etc"}}], "spec.workers.template.spec.volumes[0].hostPath", "`/etc`",
          "HPOSWEEP_ALLOWED_POD_FIELDS"),
    _spec("account", "TemplateNotAllowed", "spec.workers.template.spec.serviceAccountName", "ci-deployer",
          "spec.workers.template.spec.serviceAccountName", "`ci-deployer`", "HPOSWEEP_ALLOWED_SERVICE_ACCOUNTS"),
)  # fmt: skip
# The pod says it first, and then the sweep has failed for good.
WORKER, CRASHED = ("WorkersReady", "Failed"), ("CrashLooping", "WorkersFailed")
# These need a pod, or the attempt to make one, before anybody can know.
PODS = (
    Refused("no-image", ("WorkersReady",), ("ImagePullFailed",), ("no-such-image",), _set(f"{CONTAINER}.image", "…")),
    Refused("privileged", ("Accepted", "WorkersReady"), ("InvalidTemplate", "ScalingUp", "PodsRefused"),
            ("PodSecurity", "allowPrivilegeEscalation"),
            _set(f"{CONTAINER}.securityContext", {"allowPrivilegeEscalation": True})),
    Refused("no-module", WORKER, CRASHED, ("`absent:run`", "no module `absent`"), _set(PYTHON, "absent:run")),
    Refused("no-function", WORKER, CRASHED, ("`train:run`", "has no `run`", "quadratic"), _set(PYTHON, "train:run")),
    Refused("raises", WORKER, CRASHED, ("`broken:run`", "RuntimeError", "no data folder"), _set(PYTHON, "broken:run")),
)  # fmt: skip


def prepare(place: Place, postgres: Postgres) -> None:
    """The objects that those inputs refer to."""
    postgres.create_user(STRANGER, postgres.password)
    for name, uri in {
        "no-key": postgres.url(place.name),
        "not-a-url": f"{postgres.password}@somewhere",
        "mysql": f"mysql://optuna:{postgres.password}@postgres/optuna",
        "sqlite": "sqlite:////data/optuna.db",
        "no-database": f"postgresql://optuna:{postgres.password}@postgres:5432",
        "no-such-host": f"postgresql://optuna:{postgres.password}@nowhere.invalid:5432/optuna",
        "nobody-listens": f"postgresql://optuna:{postgres.password}@{postgres.pod_address()}:1/optuna",
        "own-pod": f"postgresql://optuna:{postgres.password}@127.0.0.1:1/optuna",
        "metadata": f"postgresql://optuna:{postgres.password}@169.254.169.254:80/optuna",
        "socket": f"postgresql://optuna:{postgres.password}@/optuna?host=/tmp",
        "wrong-password": postgres.url(place.name, password=f"{postgres.password}-wrong"),
        "wrong-user": postgres.url(place.name, user="nobody-knows-me"),
        "no-such-database": postgres.url("no-such-database"),
        "no-rights": postgres.url(f"{place.name}-empty", user=STRANGER),
    }.items():
        make_secret(place.server, place.name, name, uri=uri)
    postgres.create(f"{place.name}-empty")
    make_config_map(place.server, place.name, "no-python", {"notes.txt": "read me"})


def sweep(place: Place, refused: Refused) -> Json:
    made = refused.change(place.sweep(refused.name, replicas=1))
    if refused.name == "no-image":
        made = changed(made, f"{CONTAINER}.image", place.image.rpartition("/")[0] + "/no-such-image:1")
    return made
