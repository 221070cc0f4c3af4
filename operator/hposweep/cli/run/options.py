"""The options of `hposweep run`, as its command line has them. Read by `command`, `load` and `database`."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from pathlib import Path

from hposweep.cli.program import program_words


@dataclass(frozen=True, slots=True)
class RunOptions:
    """Which sweep runs, and what overrides its file."""

    file: str
    storage: str | None = None
    workers: int | None = None
    trials: int | None = None
    out: Path | None = None
    study: str | None = None
    require: str | None = None
    env_file: Path | None = None
    approve: str | None = None  # the reason
    is_detached: bool = False

    @property
    def command(self) -> str:
        """Return the command to type again. It never has the database's URL: `HPOSWEEP_STORAGE_URL` is for that."""
        again = replace(self, trials=None, require=None, approve=None).words(self.out)
        words = shlex.join([*again, *(["--storage", "URL"] if self.storage else [])])
        return f"{program_words()} {words}"

    def words(self, out: Path | None) -> list[str]:
        """Return the words of the command line, without the database's URL."""
        values = {
            "--out": out,
            "--study": self.study,
            "--workers": self.workers,
            "--trials": self.trials,
            "--require": self.require,
            "--env-file": self.env_file,
            "--approve": self.approve,
        }
        options = [word for name, value in values.items() if value is not None for word in (name, str(value))]
        return ["run", self.file, *options]


def short_path(path: Path) -> str:
    """Return a path as a person would type it in the current folder."""
    here = Path.cwd()
    return shlex.quote(str(path.relative_to(here) if path.is_relative_to(here) else path))
