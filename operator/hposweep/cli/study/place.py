"""Open the database of `hposweep study`: that of a URL, or the one in the folder of a run. Called by `command`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hposweep.cli.run.database import FOLDER, OTHER_CONNECTIONS, Database, named_database
from hposweep.cli.run.errors import RefusedInputError
from hposweep.cluster.local.folder import LOCK, Folder, FolderError
from hposweep.database.dsn import Dsn
from hposweep.database.embedded.account import NoAccountError
from hposweep.database.embedded.server import Server, ServerError
from hposweep.database.embedded.settings import url


@contextmanager
def open_place(out: Path | None, storage: str | None) -> Iterator[Database]:
    """Yield the database. While the run goes on, its own server is used; otherwise one starts and stops here."""
    named = named_database(storage) if out is None else None
    if named is not None:
        yield named
        return
    path = (out or _only_run()).resolve()
    if not (path / FOLDER / "data").is_dir():
        raise RefusedInputError(
            f"--out: folder {path} holds no study of a run (got no {FOLDER}/data in it). Name the folder of a run, or "
            "a database with --storage."
        )
    try:
        folder = Folder.open(path)
    except FolderError as error:
        if "is in use by another run" not in str(error):
            raise RefusedInputError(str(error)) from None
        yield Database(Dsn(url(path / FOLDER)), f"folder {path}")
        return
    server = Server(path / FOLDER, OTHER_CONNECTIONS, (folder.lock,))
    try:
        server.start()
        yield Database(Dsn(server.url), f"folder {path}", server)
    except (ServerError, NoAccountError) as error:
        raise RefusedInputError(str(error)) from None
    finally:
        server.stop()
        folder.close()


def _only_run() -> Path:
    """Return the folder of the only run in the current folder."""
    runs = sorted(path.parent for path in Path().glob(f"*/{LOCK}") if (path.parent / FOLDER).is_dir())
    if len(runs) == 1:
        return runs[0]
    names = ", ".join(map(str, runs)) or "none here"
    raise RefusedInputError(f"--out: which run is meant (got no folder; runs: {names}). Name it with --out DIR.")
