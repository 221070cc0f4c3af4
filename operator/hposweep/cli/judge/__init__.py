"""The arguments of `hposweep judge SWEEP.yaml`, which applies a sweep's rules to trials that exist.

Heavy modules are imported only when the verb is chosen.
"""

from __future__ import annotations

from typing import Annotated

import typer

from hposweep.cli.output import OutputFormat, OutputOption

EXIT_CODES = "Exit code: 0 judged, 2 the input cannot be read, 3 the tier of --require is not True."
STORAGE_HELP = (
    "Use this PostgreSQL. Prefer the environment variable HPOSWEEP_STORAGE_URL, because other users can read a command "
    "line."
)


def add_to(app: typer.Typer) -> None:
    app.command(epilog=EXIT_CODES, short_help="Judge existing trials by a sweep's rules.")(judge)


def judge(
    file: Annotated[
        str,
        typer.Argument(
            metavar="SWEEP.yaml", help="The sweep, or - for standard input; it may omit `objective` and `workers`."
        ),
    ],
    trials: Annotated[
        str | None,
        typer.Option(
            metavar="FILE.jsonl",
            help="One JSON object per line: number, state, params, values, seconds, attributes; - for standard input.",
        ),
    ] = None,
    study: Annotated[
        str | None, typer.Option(metavar="NAME", help="A study in the database. Default: the study of the sweep.")
    ] = None,
    storage: Annotated[str | None, typer.Option(metavar="URL", help=STORAGE_HELP)] = None,
    baseline: Annotated[
        str | None, typer.Option(metavar="FILE.jsonl", help="Trials to compare with; overrides spec.baseline.")
    ] = None,
    ended: Annotated[bool, typer.Option("--ended", help="Judge as at the end, even if a trial is RUNNING.")] = False,
    running: Annotated[
        bool, typer.Option("--running", help="Judge as during the sweep, even if no trial is RUNNING.")
    ] = False,
    require: Annotated[
        str | None, typer.Option(metavar="TIER", help="Exit with 3 unless this tier of spec.success is True.")
    ] = None,
    output: OutputOption = OutputFormat.TEXT,
) -> None:
    """Apply a sweep's criteria, decision points and health rules to existing trials.

    Nothing runs. The trials come from a file or from a study in a database. A finished study is judged as at its end.
    """
    from hposweep.cli.judge.command import judge_trials
    from hposweep.cli.judge.options import JudgeOptions

    if trials is not None and study is not None:
        raise typer.BadParameter("--trials and --study exclude each other. Pass one of them.")
    if ended and running:
        raise typer.BadParameter("--ended and --running exclude each other. Pass one of them.")
    options = JudgeOptions(
        file=file,
        trials=trials,
        study=study,
        storage=storage,
        baseline=baseline,
        ended=ended,
        running=running,
        require=require,
        is_json=output is OutputFormat.JSON,
    )
    raise typer.Exit(judge_trials(options))
