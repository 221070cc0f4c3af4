"""The version of Optuna's tables against that of this release. Called by `study` and `optuna_storage`.

Operator and workers of one release have the same Optuna, and use its tables by their columns. Tables of another version
are refused before anything reads them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import optuna
from alembic.script import ScriptDirectory
from optuna.storages import _rdb as rdb

from hposweep.api import conditions
from hposweep.database import statements as sql
from hposweep.database.errors import StorageError

Run = Callable[[str], list[tuple[Any, ...]]]


def has_schema(run: Run) -> bool:
    """Return whether Optuna's tables exist; False while they are being created. Raises StorageError for others."""
    if not run(sql.HAS_SCHEMA)[0][0]:
        return False
    revision, library = run(sql.SCHEMA_VERSION)[0]
    if revision is None:  # Optuna stamps the tables last
        return False
    if revision != head_revision():
        raise _mismatch(str(revision), str(library or "unknown"))
    return True


def head_revision() -> str:
    """Return the revision of the tables that this release creates."""
    return _revisions()[0]


def _mismatch(revision: str, library: str) -> StorageError:
    own = f"Optuna {optuna.__version__} (revision `{head_revision()}`) of the operator and its workers"
    tables = f"the tables are those of Optuna {library} (revision `{revision}`)"
    if revision in _revisions():
        message = (
            f"{tables}, older than {own}. Make a backup, then run `optuna storage upgrade` with Optuna "
            f"{optuna.__version__}; images of the earlier release cannot use the tables afterwards"
        )
        return StorageError(conditions.SCHEMA_TOO_OLD, message)
    message = f"{tables}, newer than {own}. Upgrade HPOSweep, or use another database"
    return StorageError(conditions.SCHEMA_TOO_NEW, message)


@cache
def _revisions() -> tuple[str, ...]:
    """Return all revisions that the installed Optuna knows, the newest first."""
    script = ScriptDirectory(str(Path(rdb.__file__).parent / "alembic"))
    return tuple(revision.revision for revision in script.walk_revisions())
