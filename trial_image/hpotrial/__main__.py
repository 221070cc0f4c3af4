"""`python -m hpotrial`: read the environment, run the worker, exit with a code and one sentence for the operator.

The probe process, which only looks for the objective, is started before Optuna and SQLAlchemy are imported here. So the
user's imports and the worker's run side by side.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Mapping, MutableMapping

from hpotrial import protocol
from hpotrial.process import reaper
from hpotrial.process.supervisor import TrialProcess
from hpotrial.protocol.baseline import BaselineConfig
from hpotrial.protocol.config import WorkerConfig
from hpotrial.protocol.messages import Task
from hpotrial.protocol.redaction import Redaction
from hpotrial.protocol.tls import Tls, take_url
from hpotrial.signals import Interrupt

MESSAGE_CHARACTERS = 2000  # the kubelet keeps 4096 bytes
# The pods of preflight and baseline trial have a variable of their own in place of the worker's configuration. So a
# worker of an earlier release, which does not know it, refuses to start and claims no trial.
REQUIRED = (protocol.WORK_ENV, protocol.STUDY_ENV, protocol.SWEEP_UID_ENV)


def main(environ: MutableMapping[str, str]) -> int:
    """Run the worker and return its exit code."""
    work = next(
        (name for name in (protocol.PREFLIGHT_ENV, protocol.BASELINE_ENV) if name in environ), protocol.WORK_ENV
    )
    required = [work if name == protocol.WORK_ENV else name for name in REQUIRED]
    uri, tls = take_url(environ), Tls.of_environ(environ)
    missing = [name for name in required if not environ.get(name)]
    if not uri:
        missing.insert(0, protocol.STORAGE_URL_ENV if tls is None else protocol.TLS_STORAGE_URL_ENV)
    redaction = Redaction.of_uri(uri)
    interrupt = Interrupt()
    interrupt.install()
    if missing:
        code, sentence = protocol.EXIT_INVALID_CONFIG, f"missing environment variables: {', '.join(missing)}"
    elif tls is not None and tls.problem(uri):
        code, sentence = protocol.EXIT_INVALID_CONFIG, f"the database URL {tls.problem(uri)}"
    else:
        uri = tls.secured(uri) if tls is not None else uri
        try:
            code, sentence = (check if protocol.PREFLIGHT_ENV in environ else run)(uri, environ, interrupt, redaction)
        except Exception as error:
            print(redaction.apply(traceback.format_exc()), file=sys.stderr, flush=True)
            code, sentence = 1, f"the worker failed: {type(error).__name__}: {error}"
    if sentence:
        leave_message(redaction.apply(sentence), environ)
    return code


def run(uri: str, environ: MutableMapping[str, str], interrupt: Interrupt, redaction: Redaction) -> tuple[int, str]:
    """Start the probe process, then the worker; return exit code and sentence."""
    baseline = None
    if protocol.BASELINE_ENV in environ:
        try:
            baseline = BaselineConfig.from_json(environ[protocol.BASELINE_ENV])
        except ValueError as error:
            return protocol.EXIT_INVALID_CONFIG, str(error)
        environ[protocol.WORK_ENV] = baseline.work  # the objective reads it too
    reaper.become_subreaper()
    probe = TrialProcess(probe_task(environ))
    try:
        from hpotrial.start import start

        def log(line: str) -> None:
            print(redaction.apply(line), flush=True)

        return start(
            uri, environ, interrupt, probe, log, redaction.apply, baseline.key if baseline is not None else None
        )
    finally:
        probe.end(grace_seconds=0)


def check(uri: str, environ: MutableMapping[str, str], interrupt: Interrupt, redaction: Redaction) -> tuple[int, str]:
    """Run the checks of a preflight pod; return exit code and message."""
    from hpotrial.preflight.run import preflight

    return preflight(uri, environ, interrupt, redaction.apply)


def probe_task(environ: Mapping[str, str]) -> Task | None:
    """Return the task to look for the objective; None when the configuration is invalid, which `start` reports."""
    try:
        config = WorkerConfig.from_environ(environ)
    except ValueError:
        return None
    return Task(config.objective, config.source_path, callbacks=config.callbacks)


def leave_message(sentence: str, environ: Mapping[str, str]) -> None:
    """Write the sentence to the log, and to the file that the kubelet and so the operator reads.

    The results of a preflight pod are no sentence; its log has them already.
    """
    if protocol.PREFLIGHT_ENV not in environ:
        print(sentence, file=sys.stderr, flush=True)
    path = environ.get(protocol.TERMINATION_MESSAGE_PATH_ENV) or protocol.TERMINATION_MESSAGE_PATH
    try:
        with open(path, "w") as file:  # noqa: PTH123  (a device, opened as one)
            file.write(sentence if protocol.PREFLIGHT_ENV in environ else sentence[:MESSAGE_CHARACTERS])
    except OSError:
        return  # there is no kubelet


if __name__ == "__main__":
    sys.exit(main(os.environ))
