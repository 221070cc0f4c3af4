"""The agreement between operator and worker: names that cross the boundary between two processes.

Both sides import this room and nothing else of each other. It imports nothing, so that it loads in a fork server, in a
user's trial and in the operator alike. Whoever changes a value here changes PROTOCOL_VERSION.
"""

from __future__ import annotations

PROTOCOL_VERSION = 1

# --- Environment of a worker --------------------------------------------------------------------------------------
STORAGE_URL_ENV = "HPOSWEEP_STORAGE_URL"  # by secretKeyRef, never by value
STUDY_ENV = "HPOSWEEP_STUDY"  # name of a study that exists
SWEEP_ENV = "HPOSWEEP_SWEEP"  # "namespace/name", shown as the connection's application_name
SWEEP_UID_ENV = "HPOSWEEP_SWEEP_UID"  # must equal the study's OWNER attribute
WORK_ENV = "HPOSWEEP_WORK"  # JSON object: the spec's own blocks {objective, searchSpace, sampler, pruner}
SOURCE_PATH_ENV = "HPOSWEEP_SOURCE_PATH"  # folder with the user's modules, put first on sys.path; may be absent
POD_NAME_ENV = "HPOSWEEP_POD_NAME"
POD_UID_ENV = "HPOSWEEP_POD_UID"
NODE_NAME_ENV = "HPOSWEEP_NODE_NAME"
WORKER_INDEX_ENV = "JOB_COMPLETION_INDEX"  # set by the Job controller
TERMINATION_MESSAGE_PATH_ENV = "HPOSWEEP_TERMINATION_MESSAGE_PATH"  # where there is no kubelet; may be absent

# --- Exit codes of a worker ---------------------------------------------------------------------------------------
EXIT_DONE = 0  # budget spent, drained or terminated as asked
EXIT_INVALID_WORK = 64  # the objective, sampler or pruner cannot be used: no other worker will fare better
EXIT_STORAGE_LOST = 75  # the database did not answer: the next pod may find it
EXIT_FENCED = 76  # the study belongs to another sweep, or is gone
# SIGTERM while there is work left (eviction, scale down, suspend): the trial was handed back. Never 0, else an Indexed
# Job takes the index for finished and starts no successor; never a failure of the worker either.
EXIT_INTERRUPTED = 143

# A worker that ends with one of the codes above (not 0) leaves one sentence here for the operator.
TERMINATION_MESSAGE_PATH = "/dev/termination-log"

# --- Study attributes (Optuna user attributes, JSON values) --------------------------------------------------------
ATTRIBUTE_PREFIX = "hposweep:"  # of all names below; closed to the user's own attributes
OWNER = "hposweep:owner"  # uid of the sweep
STOPPED = "hposweep:stopped"  # true once the sampler or the objective stopped the study: nothing is left to try
PROTOCOL = "hposweep:protocol"  # PROTOCOL_VERSION of the operator that wrote the control block
CONTROL = "hposweep:control"  # {"stop": "None" | "Drain" | "Terminate", "maxTrials": int, "workers": int}

# --- Trial attributes (Optuna user attributes, JSON values) --------------------------------------------------------
POD = "hposweep:pod"
UID = "hposweep:uid"
NODE = "hposweep:node"
WORKER = "hposweep:worker"
ATTEMPT = "hposweep:attempt"  # 0 for the first try; one more for each time that the trial was handed back
CLASS = "hposweep:class"  # why it failed
ERROR = "hposweep:error"  # "Type: message" of the exception, bounded
RETRIED_FROM = "hposweep:retried_from"  # number of the trial that was handed back
CHARGED = "hposweep:charged"  # false on a trial that does not count against the budget

# --- The budget's definition -------------------------------------------------------------------------------------
# A trial is charged unless it says otherwise. The worker counts with it before it asks, the operator when it reports;
# a second definition would let them disagree about the last trial. `t` is Optuna's table `trials`.
IS_CHARGED_SQL = (
    "t.state <> 'WAITING' and not exists (select 1 from trial_user_attributes a "
    f"where a.trial_id = t.trial_id and a.key = '{CHARGED}' and a.value_json = 'false')"
)


def driver_url(uri: str) -> str:
    """The same database, spelled for SQLAlchemy with psycopg2.

    Accepts what Secrets hold in practice (`postgres://`, `postgresql://`, with or without a driver) and leaves the
    rest of the URL alone.
    """
    scheme, separator, rest = uri.strip().partition("://")
    if separator and scheme in {"postgres", "postgresql", "postgresql+psycopg2"}:
        return f"postgresql+psycopg2://{rest}"
    return uri.strip()
