"""Set up the worker from its environment. Invalid configuration is reported here, before the first trial."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Mapping

import optuna

from hpotrial import protocol
from hpotrial.config import InvalidConfigError, WorkerIdentity, load_config, make_pruner, make_sampler
from hpotrial.failures.classify import describe_death
from hpotrial.lifecycle import hooks
from hpotrial.lifecycle.control import ProtocolMismatchError, read_control
from hpotrial.objective.code_version import CodeVersion, version_reader
from hpotrial.objective.load import find
from hpotrial.process import gpu
from hpotrial.process.gpu import GpuMemoryBaseline
from hpotrial.process.output import Output
from hpotrial.process.supervisor import TrialProcess
from hpotrial.protocol.config import NONE, WorkerConfig
from hpotrial.protocol.messages import ObjectiveLoaded, ObjectiveMissing, ProcessDied
from hpotrial.signals import Interrupt
from hpotrial.storage import sql
from hpotrial.storage.connection import application_name
from hpotrial.storage.retry import RetryPolicy, StorageLostError
from hpotrial.storage.study import FencedError, StudyHandle, UnusableStorageError, open_study
from hpotrial.worker import CleanupError, ReapedError, Worker


def start(
    uri: str,
    environ: Mapping[str, str],
    interrupt: Interrupt,
    probe: TrialProcess,
    log: Callable[[str], None],
    redact: Callable[[str], str],
    baseline: str | None = None,
) -> tuple[int, str]:
    """Run the worker; return exit code and sentence (empty on success). `probe` is already loading the objective.

    `baseline`: the key of the only trial to run, in the pod of a baseline trial.
    """
    silence_optuna()
    try:
        config = load_config(environ)
        identity, source = WorkerIdentity.from_environ(environ), version_reader(config)
        study = _open_study(uri, environ, config, identity, interrupt)
        try:
            return _run_worker(study, environ, config, identity, source, interrupt, probe, log, redact, baseline)
        finally:
            study.close()
    except (InvalidConfigError, ProtocolMismatchError, UnusableStorageError) as error:
        return protocol.EXIT_INVALID_CONFIG, str(error)
    except CleanupError as error:
        return protocol.EXIT_CLEANUP_FAILED, str(error)
    except ReapedError as error:
        return protocol.EXIT_INTERRUPTED, str(error)
    except StorageLostError as error:
        return protocol.EXIT_STORAGE_LOST, str(error)
    except FencedError as error:
        return protocol.EXIT_FENCED, str(error)


def count_earlier_pods(study: StudyHandle, identity: WorkerIdentity) -> int:
    """Return how many other pods had this worker's index before. Each of them needs a seed of its own."""
    parameters = {"study": study.id, "index": json.dumps(identity.index), "uid": json.dumps(identity.uid)}
    rows = study.retry_policy.call(study.connection, lambda: study.connection.run(sql.EARLIER_WORKERS, parameters))
    return int(rows[0][0])


def silence_optuna() -> None:
    """Silence Optuna's log, because the worker writes its own line per trial."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)


def _open_study(
    uri: str, environ: Mapping[str, str], config: WorkerConfig, identity: WorkerIdentity, interrupt: Interrupt
) -> StudyHandle:
    return open_study(
        protocol.libpq_url(uri),
        environ[protocol.STUDY_ENV],
        make_sampler(config, identity.index),
        make_pruner(config),
        RetryPolicy(sleep=interrupt.wait, seconds=config.outage_seconds),
        application_name(environ.get(protocol.SWEEP_ENV, ""), identity.index),
    )


def _run_worker(
    study: StudyHandle,
    environ: Mapping[str, str],
    config: WorkerConfig,
    identity: WorkerIdentity,
    source: Callable[[], CodeVersion],
    interrupt: Interrupt,
    probe: TrialProcess,
    log: Callable[[str], None],
    redact: Callable[[str], str],
    baseline: str | None,
) -> tuple[int, str]:
    sweep_uid = environ[protocol.SWEEP_UID_ENV]
    earlier_pods = count_earlier_pods(study, identity)
    if earlier_pods:
        study.optuna_study.sampler = make_sampler(config, identity.index, earlier_pods)
    hooks.guard(study, log)
    read_control(study, sweep_uid)  # before the objective, so that a study of another sweep is reported first
    end = probe.receive(None, wakeup=interrupt.fileno())
    if isinstance(end, ObjectiveMissing):
        return protocol.EXIT_INVALID_CONFIG, end.sentence
    if isinstance(end, ProcessDied):
        sentence = f"objective `{config.objective}`: while its module was imported, {describe_death(end.exit_code)}"
        return protocol.EXIT_INVALID_CONFIG, sentence
    probe.leave()
    log(f"worker {identity.index} of study {study.name}: objective {config.objective} is ready")
    if isinstance(end, ObjectiveLoaded) and config.isolation != NONE:  # without a fork, generators advance
        for note in end.notes:
            log(note)
    objective = find(config.objective, config.source_path) if config.isolation == NONE else None
    worker = Worker(
        study,
        identity,
        sweep_uid,
        config,
        Output(redact),
        interrupt,
        log,
        GpuMemoryBaseline(gpu.find_gpus(environ)),
        objective,
        source=source,
        image=environ.get(protocol.IMAGE_ENV, ""),
        grace_seconds=float(environ.get(protocol.GRACE_SECONDS_ENV) or 0),
        baseline=baseline,
    )
    return worker.run(), ""
