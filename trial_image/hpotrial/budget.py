"""The exact budget: N workers never run more trials than `trials.max`, also after restarts.

Every trial that was asked is counted once more in the statement that signs it (`ownership.claim`), and goes back to the
queue when it is one too many: that alone makes the budget exact, however long a worker was stopped between counting and
asking. The lock near the end only spares the workers from asking for trials that they would have to return.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress

from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, OperationalError

from hpotrial import contract
from hpotrial.control import Control
from hpotrial.ownership import OwnedTrial, claim, return_strays
from hpotrial.storage import Storage
from hpotrial.work import Identity

COUNT = text(f"select count(*) from trials t where t.study_id = :study and {contract.IS_CHARGED_SQL}")  # noqa: S608
# Held by the transaction, so that a pooler between us and PostgreSQL cannot lose or keep it.
LOCK = text("select pg_advisory_xact_lock(:namespace, :study)")
LOCK_NAMESPACE = 0x48504F  # "HPO"; the second key is the study's id
# The holder may be a process that was stopped, on a node that hangs. Nobody has to wait for it.
LOCK_SECONDS = 5.0
LOCK_NOT_AVAILABLE = "55P03"
MARGIN = 8  # workers that are being replaced or added while a count is on its way


def ask(storage: Storage, control: Control, who: Identity) -> OwnedTrial | None:
    """A trial of ours, RUNNING and signed; None when the budget is spent. Waiting trials come first."""
    while True:
        left = control.max_trials - count_charged(storage)
        if left <= 0 and return_strays(storage, who):
            continue
        if left <= 0:
            return None
        is_near_the_end = left <= 2 * control.workers + MARGIN
        with _lock(storage) if is_near_the_end else nullcontext():
            if is_near_the_end and count_charged(storage) >= control.max_trials:
                continue
            trial = storage.attempt(storage.study.ask)
            owned = claim(storage, trial, who, control.max_trials)
        if owned is not None:
            return owned


def count_charged(storage: Storage) -> int:
    def count() -> int:
        with storage.transaction() as connection:
            return int(connection.execute(COUNT, {"study": storage.study_id}).scalar_one())

    return storage.attempt(count)


@contextmanager
def _lock(storage: Storage) -> Iterator[None]:
    def take() -> Connection:
        connection = storage.engine.connect()
        try:
            connection.execute(text(f"set local lock_timeout = '{LOCK_SECONDS * 1000:.0f}ms'"))
            connection.execute(LOCK, {"namespace": LOCK_NAMESPACE, "study": storage.study_id})
        except OperationalError as error:
            if getattr(error.orig, "pgcode", None) != LOCK_NOT_AVAILABLE:
                connection.close()
                raise
        except BaseException:
            connection.close()
            raise
        return connection

    connection = storage.attempt(take)
    try:
        yield
    finally:
        with suppress(DBAPIError):  # it is gone, and the lock with it
            connection.close()
