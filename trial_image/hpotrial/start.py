"""From the environment to a running worker: everything that can be wrong is found here, before the first trial."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Mapping

import optuna

from hpotrial import protocol
from hpotrial.config import InvalidConfigError, WorkerIdentity, load_config, make_pruner, make_sampler
from hpotrial.failures.classify import death
from hpotrial.lifecycle.control import ProtocolMismatchError, read_control
from hpotrial.objective.load import find
from hpotrial.process import gpu
from hpotrial.process.gpu import GpuMemoryBaseline
from hpotrial.process.output import Output
from hpotrial.process.supervisor import TrialProcess
from hpotrial.protocol.config import NONE, WorkerConfig
from hpotrial.protocol.messages import ObjectiveMissing, ProcessDied
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
) -> tuple[int, str]:
    """Exit code and sentence (empty when all went as asked). `probe` is already looking for the objective."""
    silence_optuna()
    try:
        config = load_config(environ)
        identity = WorkerIdentity.from_environ(environ)
        opened = _open(uri, environ, config, identity, interrupt)
        try:
            return _work(opened, environ, config, identity, interrupt, probe, log, redact)
        finally:
            opened.close()
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


def earlier_workers(opened: StudyHandle, who: WorkerIdentity) -> int:
    """How many pods have held this worker's place before: each must draw numbers of its own."""
    parameters = {"study": opened.id, "index": json.dumps(who.index), "uid": json.dumps(who.uid)}
    rows = opened.patience.attempt(opened.link, lambda: opened.link.run(sql.EARLIER_WORKERS, parameters))
    return int(rows[0][0])


def silence_optuna() -> None:
    """One line per trial is ours to write."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)


def _open(
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


def _work(
    opened: StudyHandle,
    environ: Mapping[str, str],
    config: WorkerConfig,
    identity: WorkerIdentity,
    interrupt: Interrupt,
    probe: TrialProcess,
    log: Callable[[str], None],
    redact: Callable[[str], str],
) -> tuple[int, str]:
    sweep_uid = environ[protocol.SWEEP_UID_ENV]
    earlier = earlier_workers(opened, identity)
    if earlier:
        opened.study.sampler = make_sampler(config, identity.index, earlier)
    read_control(opened, sweep_uid)  # a study that is not ours is reported even before the objective
    end = probe.receive(None, wakeup=interrupt.fileno())
    if isinstance(end, ObjectiveMissing):
        return protocol.EXIT_INVALID_CONFIG, end.sentence
    if isinstance(end, ProcessDied):
        sentence = f"objective `{config.objective}`: while its module was imported, {death(end.exit_code)}"
        return protocol.EXIT_INVALID_CONFIG, sentence
    probe.leave()
    log(f"worker {identity.index} of study {opened.name}: objective {config.objective} is ready")
    objective = find(config.objective, config.source_path) if config.isolation == NONE else None
    worker = Worker(
        opened,
        identity,
        sweep_uid,
        config,
        Output(redact),
        interrupt,
        log,
        GpuMemoryBaseline(gpu.find_gpus(environ)),
        objective,
        image=environ.get(protocol.IMAGE_ENV, ""),
        grace_seconds=float(environ.get(protocol.GRACE_SECONDS_ENV) or 0),
    )
    return worker.run(), ""
