"""The whole of `hposweep run`: load the file, start the database, reconcile until the end, print, clean up."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import platform
import signal
import sys
import time
import warnings
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, TextIO, cast

import optuna

from hposweep.allowed_pods import ALL_PODS
from hposweep.api.status import Status
from hposweep.cli.environment import gpu_weights
from hposweep.cli.run.colours import print_lines
from hposweep.cli.run.database import Database, delete_unstarted_study, named_database, open_database
from hposweep.cli.run.detach import start_detached
from hposweep.cli.run.errors import RefusedInputError
from hposweep.cli.run.format import wrapped
from hposweep.cli.run.lasting_output import LastingOutput
from hposweep.cli.run.live_report import LiveReport
from hposweep.cli.run.load import RunInput, load_run
from hposweep.cli.run.loop import AbandonedError, Loop
from hposweep.cli.run.options import RunOptions, short_path
from hposweep.cli.run.person import LocalPerson
from hposweep.cli.run.question import Questions
from hposweep.cli.run.report_pages import write_live_pages, write_pages
from hposweep.cli.run.screen import Screen, screen, terminal_width
from hposweep.cli.run.signals import Signals, exit_code_of
from hposweep.cli.run.start import start_lines
from hposweep.cli.run.trials_file import TrialsFile
from hposweep.cli.run.verdict import (
    EXIT_COMPLETE,
    EXIT_FAILED,
    EXIT_REFUSED,
    exit_code,
    how_to_continue,
    next_step,
    verdict,
)
from hposweep.cli.validate import yaml_words
from hposweep.cluster.local import gpus
from hposweep.cluster.local.cluster import LocalCluster
from hposweep.cluster.local.documents import STANDARD_INPUT
from hposweep.cluster.local.folder import PID, Folder
from hposweep.database.export import TrialReader
from hposweep.database.pool import Databases
from hposweep.observe.progress import Progress
from hposweep.reconcile import Reconciler
from hposweep.settings import Settings
from hposweep.telemetry.gauges import NoGauges
from hposweep.wakeups import Wakeups

TICK_SECONDS = 0.5
SETTINGS = Settings(poll_seconds=0.25, retry_seconds=1.0)  # short, because a person watches and no API server is shared


def run_sweep(options: RunOptions) -> int:
    """Return the exit code."""
    gc.enable()
    started = time.monotonic()
    signals, out = Signals(), cast(TextIO, LastingOutput(sys.stdout))
    _silence_libraries()
    try:
        _refuse_other_systems(platform.system())
        if options.is_detached and options.file == STANDARD_INPUT:
            raise RefusedInputError("--detach: needs a file (got standard input). Save the sweep and pass its name.")
        external = named_database(options.storage)
        run_input = load_run(options)
        if options.is_detached:
            run_input.folder.close()
            _refuse_unapproved(run_input)
            print_lines(yaml_words.sentences(run_input.documents), out)
            print_lines(start_detached(options, run_input.folder.path), out)
            return EXIT_COMPLETE
        try:
            with _pid_file(run_input.folder), open_database(external, run_input) as database:
                if run_input.is_changed:
                    delete_unstarted_study(run_input, database)
                return asyncio.run(_Run(run_input, database, out, signals, started).run())
        finally:
            run_input.folder.close()
    except RefusedInputError as error:
        _print_errors(*error.faults)
        return EXIT_REFUSED
    except OSError as error:  # a full disk, a folder that was deleted meanwhile
        _print_errors(f"cannot continue: {error}")
        return EXIT_FAILED


def _print_errors(*faults: str) -> None:
    with suppress(OSError):  # a terminal that was closed
        for fault in faults:
            sys.stderr.write(f"hposweep run: {fault}\n")
        sys.stderr.flush()


def _refuse_other_systems(system: str) -> None:
    if system != "Linux":
        raise RefusedInputError(f"this command needs Linux (got {system}): only there workers end together with it")


def _refuse_unapproved(run_input: RunInput) -> None:
    approval = run_input.sweep.spec.approval
    if approval.required and not approval.granted and run_input.approval_reason is None:
        raise RefusedInputError('--detach: `spec.approval.required` is true. Approve the run with --approve "REASON".')


@contextmanager
def _pid_file(folder: Folder) -> Iterator[None]:
    """Keep the number of this process in the folder as long as it runs, for `kill`."""
    folder.replace(PID, f"{os.getpid()}\n")
    try:
        yield
    finally:
        (folder.path / PID).unlink(missing_ok=True)


def _silence_libraries() -> None:
    """Silence log lines of libraries, which would break the live table. The study has the state of the trials."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
    logging.getLogger("alembic").setLevel(logging.WARNING)


class _Run:
    """One run in its event loop."""

    def __init__(self, run_input: RunInput, database: Database, out: TextIO, signals: Signals, started: float) -> None:
        display: Screen = screen(out)
        self._out = out
        sweep = run_input.sweep
        key = (sweep.namespace, sweep.name)
        self._input, self._database, self._screen, self._started = run_input, database, display, started
        self._signals, self._stop_code = signals, exit_code_of(signal.SIGINT)
        wakeups = Wakeups()
        self._cluster = LocalCluster(
            held=sweep,
            documents=run_input.documents,
            folder=run_input.folder,
            storage_url=database.dsn.reveal(),
            node=platform.node(),
            storage_place=database.place,
            variables=os.environ,
            env_file=run_input.variables,
            gpus=gpus.devices(os.environ),
            audience=display,
            wake=lambda: wakeups.wake(key),
        )
        self._databases = Databases(lambda reason: None)
        self._progress = Progress(lambda reason: None, wakeups.wake)
        reconciler = Reconciler(
            cluster=self._cluster,
            databases=self._databases,
            progress=self._progress,
            metrics=NoGauges(),
            settings=replace(SETTINGS, gpu_weights=gpu_weights(), allowed_pods=ALL_PODS),  # it starts none
            clock=lambda: datetime.now(UTC),
        )
        self._loop = Loop(self._cluster, reconciler, wakeups, SETTINGS, display)
        self._person = LocalPerson(self._cluster, self._loop)
        self._questions = Questions(display.say, self._person, reason=run_input.approval_reason)
        self._loop.may_approve = self._questions.may_approve
        self._report = LiveReport(partial(write_live_pages, run_input, database), lambda: self._cluster.held.status)
        self._trials = TrialsFile(TrialReader(database.dsn), run_input.folder, sweep.study_name)

    async def run(self) -> int:
        for line in start_lines(self._input, self._database.place, self._cluster.gpus, os.path.exists):
            self._screen.say(line)
        self._signals.forward(self._handle_signal)
        passes = asyncio.create_task(self._loop.run())
        tasks = [passes, *(asyncio.create_task(work) for work in self._background())]
        try:
            finished, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in finished:
                task.result()  # a background task ends only by an error
            status = passes.result()
            await self._person.ask_at_end(self._questions)
            await self._end(tasks)
            return self._print_end(self._cluster.localized_status(self._cluster.held.status or status))
        except AbandonedError:
            return self._stop_code
        finally:
            await self._end(tasks)
            self._trials.reader.close()
            self._databases.close()
            self._screen.close()

    def _background(self) -> tuple[Coroutine[Any, Any, None], ...]:
        return (
            self._cluster.run(),
            self._progress.run(SETTINGS.poll_seconds),
            self._trials.keep(lambda: self._cluster.held.status),
            self._report.keep(),
            self._tick(),
        )

    def _handle_signal(self, signal_number: int) -> None:
        if self._person.is_at_end:
            self._person.decline()
            return
        self._stop_code = exit_code_of(signal_number)
        if signal_number == signal.SIGTERM:
            self._loop.terminate()
        elif signal_number == signal.SIGHUP:
            self._loop.terminate("the terminal was closed (--detach keeps a run alive); ")
        else:
            self._loop.drain_or_terminate()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            self._screen.tick()
            status = self._cluster.held.status
            if not self._person.is_at_end:
                self._questions.show(self._cluster.localized_status(status) if status is not None else None)
            self._input.folder.raise_if_deleted()
            server = self._database.server
            if server is not None and not server.is_running:
                self._screen.say("PostgreSQL has exited; restarting it")
                server.launch()

    async def _end(self, tasks: list[asyncio.Task[Any]]) -> None:
        """End all workers and background tasks. A second call does nothing."""
        self._signals.ignore()
        self._questions.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        tasks.clear()
        # The loop has waited for workers that requeue their trial, so those that are left are killed at once.
        await self._cluster.close(grace_seconds=0)

    def _print_end(self, status: Status) -> int:
        self._trials.write()
        self._screen.close()
        run_input, seconds = self._input, time.monotonic() - self._started
        self._report.finish()
        fault = write_pages(run_input, self._database, status)
        print_lines(verdict(status, run_input.folder.path, seconds, terminal_width(), fault), self._out)
        if not self._cluster.has_started_search and run_input.before is not None:
            sentence = f"The sweep had finished before, so nothing was run; {how_to_continue(status)}."
            print_lines(["", *wrapped(sentence, terminal_width())], self._out)
        folder = short_path(run_input.folder.path)
        print_lines(["", next_step(status, run_input.command, folder, run_input.file, terminal_width())], self._out)
        return exit_code(status, self._stop_code, self._input.required_tier)
