"""The whole of `hposweep run`, in order: take in, start the database, reconcile until the end, tell, leave nothing."""

from __future__ import annotations

import argparse
import asyncio
import logging
import platform
import signal
import sys
import time
import warnings
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any

import optuna

from hposweep.api.status import Status
from hposweep.cli.run.database import Database, forget_unbegun, given, opened
from hposweep.cli.run.errors import RefusedInputError
from hposweep.cli.run.load import Intake, take_in
from hposweep.cli.run.loop import AbandonedError, Loop
from hposweep.cli.run.screen import Screen, screen
from hposweep.cli.run.signals import Signals, exit_code_of
from hposweep.cli.run.trials_file import TrialsFile
from hposweep.cli.run.verdict import EXIT_FAILED, EXIT_REFUSED, exit_code, how_to_go_on, verdict
from hposweep.cluster.local.cluster import LocalCluster
from hposweep.database.export import TrialReader
from hposweep.database.pool import Databases
from hposweep.observe.progress import Progress
from hposweep.reconcile import Reconciler
from hposweep.settings import Settings
from hposweep.telemetry.gauges import NoGauges
from hposweep.wakeups import Wakeups

TICK_SECONDS = 0.5
SETTINGS = Settings(poll_seconds=0.25, retry_seconds=1.0)  # somebody watches, and asks nobody else's server


def run_sweep(arguments: argparse.Namespace) -> int:
    """Returns the exit code."""
    started = time.monotonic()
    signals = Signals()
    _quieten()
    try:
        _refuse_other_systems(platform.system())
        chosen = given(arguments)
        intake = take_in(arguments)
        try:
            with opened(chosen, intake) as database:
                if intake.is_changed:
                    forget_unbegun(intake, database)
                return asyncio.run(_Run(intake, database, screen(sys.stdout), signals, started).run())
        finally:
            intake.folder.close()
    except RefusedInputError as error:
        for fault in error.faults:
            sys.stderr.write(f"hposweep run: {fault}\n")
        return EXIT_REFUSED
    except OSError as error:  # a full disk, a folder that was deleted meanwhile
        sys.stderr.write(f"hposweep run: this machine does not let it go on: {error}\n")
        return EXIT_FAILED


def _refuse_other_systems(system: str) -> None:
    if system != "Linux":
        raise RefusedInputError(f"this is {system}; ending workers together with the command takes Linux")


def _quieten() -> None:
    """Trials tell of themselves by their study; what libraries have to say in between belongs in no table."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
    logging.getLogger("alembic").setLevel(logging.WARNING)


class _Run:
    """What lives in the event loop."""

    def __init__(self, intake: Intake, database: Database, watched: Screen, signals: Signals, started: float) -> None:
        sweep = intake.sweep
        key = (sweep.namespace, sweep.name)
        self._intake, self._database, self._screen, self._started = intake, database, watched, started
        self._signals, self._stop_code = signals, exit_code_of(signal.SIGINT)
        wakeups = Wakeups()
        self._cluster = LocalCluster(
            held=sweep,
            documents=intake.documents,
            folder=intake.folder,
            storage_url=database.dsn.reveal(),
            node=platform.node(),
            audience=watched,
            wake=lambda: wakeups.wake(key),
        )
        self._databases = Databases(lambda reason: None)
        self._progress = Progress(lambda reason: None, wakeups.wake)
        reconciler = Reconciler(
            cluster=self._cluster,
            databases=self._databases,
            progress=self._progress,
            metrics=NoGauges(),
            settings=SETTINGS,
            clock=lambda: datetime.now(UTC),
        )
        self._loop = Loop(self._cluster, reconciler, wakeups, SETTINGS, watched, database.source)
        self._trials = TrialsFile(TrialReader(database.dsn), intake.folder, sweep.study_name)

    async def run(self) -> int:
        self._greet()
        self._signals.forward(self._heed)
        passes = asyncio.create_task(self._loop.run())
        tasks = [passes, *(asyncio.create_task(work) for work in self._beside())]
        try:
            ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in ended:
                task.result()  # of those beside, none ends but by an error
            await self._end(tasks)
            return self._tell(passes.result())
        except AbandonedError:
            return self._stop_code
        finally:
            await self._end(tasks)
            self._trials.reader.close()
            self._databases.close()
            self._screen.close()

    def _beside(self) -> tuple[Coroutine[Any, Any, None], ...]:
        return (
            self._cluster.run(),
            self._progress.run(SETTINGS.poll_seconds),
            self._trials.keep(lambda: self._cluster.held.status),
            self._tick(),
        )

    def _heed(self, signal_number: int) -> None:
        self._stop_code = exit_code_of(signal_number)
        if signal_number == signal.SIGTERM:
            self._loop.terminate()
        else:
            self._loop.drain_or_terminate()

    def _greet(self) -> None:
        sweep = self._intake.sweep
        place = self._database.source if self._database.server else f"{self._database.dsn!r} ({self._database.source})"
        self._screen.say(
            f"sweep {sweep.name}: up to {sweep.spec.trials.max} trials, {sweep.spec.workers.replicas} workers, "
            f"study `{sweep.study_name}` in {place}"
        )

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            self._screen.tick()
            self._intake.folder.raise_if_deleted()
            server = self._database.server
            if server is not None and not server.is_running:
                self._screen.say("PostgreSQL has ended; it is started again")
                server.launch()

    async def _end(self, tasks: list[asyncio.Task[Any]]) -> None:
        """No worker is left, and nothing else of ours runs. A second call does nothing."""
        self._signals.ignore()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        tasks.clear()
        # The loop waits for workers that are to hand back a trial; whoever is still there has lost our patience.
        await self._cluster.close(grace_seconds=0)

    def _tell(self, status: Status) -> int:
        self._trials.write()
        self._screen.close()
        for line in verdict(status, self._intake.folder.path, time.monotonic() - self._started):
            sys.stdout.write(f"{line}\n")
        if not self._cluster.has_started_search and self._intake.before is not None:
            sys.stdout.write(f"\nIt was done already, so nothing was run; {how_to_go_on(status)}.\n")
        sys.stdout.flush()
        return exit_code(status, self._stop_code)
