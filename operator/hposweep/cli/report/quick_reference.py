"""One line for each study in a Markdown file that a team keeps, for example `quick-reference.md`. Called by `command`.

A line is found again by the name of its study and its storage, so that a second report of a study replaces its line.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from hposweep.analysis.analyze import Analysis
from hposweep.analysis.summary import RankedTrial
from hposweep.cli.analyze.markdown import escape
from hposweep.cli.analyze.section import UNKNOWN, cell, printable
from hposweep.cli.run.errors import RefusedInputError

COLUMNS = ("study", "storage", "last trial", "trials", "best", "trial", "parameters")
_HEAD = f"| {' | '.join(COLUMNS)} |"
_RULE = f"|{'---|' * len(COLUMNS)}"
MAX_PARAMETERS, MAX_NAME = 12, 512
MAX_BYTES = 10_000_000  # of the file, which is read whole


def quick_reference(text: str, analysis: Analysis) -> str:
    """Return the file with the line of this study: in its place, else as the last one."""
    line, key = _line(analysis), _key(analysis)
    lines = text.splitlines()
    places = [place for place, item in enumerate(lines) if item.startswith(key)]
    if places:
        lines[places[0]] = line
        return _joined(item for place, item in enumerate(lines) if place not in places[1:])
    rows = [place for place, item in enumerate(lines) if item == _RULE and place and lines[place - 1] == _HEAD]
    if not rows:
        return _joined([*lines, *([""] if lines and lines[-1] else []), _HEAD, _RULE, line])
    end = rows[-1] + 1
    while end < len(lines) and lines[end].startswith("|"):
        end += 1
    return _joined([*lines[:end], line, *lines[end:]])


def update_file(path: Path, analysis: Analysis, mode: int) -> None:
    """Write the line of the study into the file, which is created where absent. Raises OSError, RefusedInputError."""
    if path.exists() and path.stat().st_size > MAX_BYTES:
        raise RefusedInputError(f"--quick-reference: the file is too large (got `{path}`; at most {MAX_BYTES:,} bytes)")
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
    except UnicodeDecodeError:
        raise RefusedInputError(f"--quick-reference: the file is not text in UTF-8 (got `{path}`)") from None
    content = quick_reference(text, analysis)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", errors="replace", prefix=f".{path.name}.", dir=path.parent, delete=False
    ) as file:
        file.write(content)
    temporary = Path(file.name)
    temporary.chmod(mode)
    temporary.replace(path)


def _joined(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _key(analysis: Analysis) -> str:
    """Return the beginning of the study's line."""
    return (
        f"| {escape(printable(analysis.study, MAX_NAME))} | {escape(printable(analysis.place or UNKNOWN, MAX_NAME))} |"
    )


def _line(analysis: Analysis) -> str:
    summary = analysis.summary
    best = summary.top[0] if summary.top else None
    end = UNKNOWN if summary.last_completed is None else f"{summary.last_completed:%Y-%m-%d %H:%M} UTC"
    cells = (
        end,
        f"{summary.counts.total}, {summary.comparable} comparable",
        UNKNOWN if best is None else _values(analysis, best),
        UNKNOWN if best is None else f"#{best.number}",
        UNKNOWN if best is None else _parameters(best),
    )
    return f"{_key(analysis)} {' | '.join(map(escape, cells))} |"


def _values(analysis: Analysis, trial: RankedTrial) -> str:
    """Return the values of the best trial; of several objectives it is the first of the Pareto front."""
    return ", ".join(
        f"{printable(goal.name)} {cell(value)}" for goal, value in zip(analysis.objectives, trial.values, strict=True)
    )


def _parameters(trial: RankedTrial) -> str:
    items = [f"{printable(name)} {cell(value)}" for name, value in trial.params.items()]
    beyond = len(items) - MAX_PARAMETERS
    return ", ".join(items[:MAX_PARAMETERS]) + (f" and {beyond} more" if beyond > 0 else "")
