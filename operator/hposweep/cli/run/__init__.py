"""The arguments of `hposweep run SWEEP.yaml`, which runs a sweep without a cluster.

Heavy modules are imported only when the verb is chosen.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

EXIT_CODES = (
    "Exit code: 0 Complete, 1 Failed, 2 refused, 3 the tier of --require is not True, 130 stopped by Ctrl-C, "
    "129 stopped because the terminal was closed, 143 stopped by SIGTERM."
)


def add_to(app: typer.Typer) -> None:
    app.command(epilog=EXIT_CODES)(run)


def run(
    file: Annotated[
        str,
        typer.Argument(
            metavar="SWEEP.yaml", help="The sweep, or - for standard input. ConfigMaps in the same file are used."
        ),
    ],
    trials: Annotated[int | None, typer.Option(metavar="N", help="Override spec.trials.max.")] = None,
    workers: Annotated[int | None, typer.Option(metavar="N", help="Override spec.workers.replicas.")] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the run. Default: ./<name of the sweep>-run.")
    ] = None,
    study: Annotated[str | None, typer.Option(metavar="NAME", help="Override spec.study.name.")] = None,
    storage: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Use your own PostgreSQL. Prefer the environment variable HPOSWEEP_STORAGE_URL, because other users "
            "can read a command line.",
        ),
    ] = None,
    require: Annotated[
        str | None, typer.Option(metavar="TIER", help="Exit with 3 unless this tier of spec.success is True.")
    ] = None,
    env_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Lines NAME=VALUE for variables that `env` takes from a Secret or a ConfigMap. Default: your "
            "environment.",
        ),
    ] = None,
    approve: Annotated[
        str | None, typer.Option(metavar="REASON", help="Approve the sweep (spec.approval), with your reason.")
    ] = None,
    detach: Annotated[
        bool, typer.Option("--detach", help="Run in the background, with its output in DIR/run.log.")
    ] = False,
) -> None:
    """Run a sweep on this machine, without Kubernetes.

    Workers are processes of this machine. The study is stored in a bundled PostgreSQL. Ctrl-C drains the sweep, a
    second Ctrl-C terminates it. The same command continues it.
    """
    from hposweep.cli.run.command import run_sweep
    from hposweep.cli.run.options import RunOptions

    options = RunOptions(
        file=file,
        storage=storage,
        workers=workers,
        trials=trials,
        out=out,
        study=study,
        require=require,
        env_file=env_file,
        approve=approve,
        is_detached=detach,
    )
    raise typer.Exit(run_sweep(options))
