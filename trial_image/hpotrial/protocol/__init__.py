"""The protocol between operator and worker: names that cross the boundary between two processes.

Both sides import this package, and the operator only the samplers besides. This module imports `typing` only, so that
it loads in a fork server, in a user's trial and in the operator alike. A change of a value here needs a new
PROTOCOL_VERSION.
"""

from __future__ import annotations

from typing import NamedTuple

PROTOCOL_VERSION = 2

# --- Environment of a worker --------------------------------------------------------------------------------------
STORAGE_URL_ENV = "HPOSWEEP_STORAGE_URL"  # by secretKeyRef, never by value
# In its place when the spec demands TLS, so that a worker of an earlier release, which would not use it, has no URL.
TLS_STORAGE_URL_ENV = "HPOSWEEP_TLS_STORAGE_URL"
TLS_MODE_ENV = "HPOSWEEP_TLS_MODE"  # `protocol.tls`
CA_FILE_ENV = "HPOSWEEP_CA_FILE"  # certificates of the authorities that the worker trusts; may be absent
STUDY_ENV = "HPOSWEEP_STUDY"  # name of a study that exists
SWEEP_ENV = "HPOSWEEP_SWEEP"  # "namespace/name", shown as the connection's application_name
SWEEP_UID_ENV = "HPOSWEEP_SWEEP_UID"  # must equal the study's OWNER attribute
# JSON object of the spec's blocks (`protocol.config`).
WORK_ENV = "HPOSWEEP_WORK"
PREFLIGHT_ENV = "HPOSWEEP_PREFLIGHT"  # in place of WORK_ENV in a preflight pod (`protocol.preflight`)
BASELINE_ENV = "HPOSWEEP_BASELINE"  # in place of WORK_ENV in a baseline pod (`protocol.baseline`)
FILE_ENV = "HPOSWEEP_FILE"  # file of a sweep, set by users who call an objective without a worker
SOURCE_PATH_ENV = "HPOSWEEP_SOURCE_PATH"  # folder with the user's modules, put first on sys.path; may be absent
POD_NAME_ENV = "HPOSWEEP_POD_NAME"
POD_UID_ENV = "HPOSWEEP_POD_UID"
NODE_NAME_ENV = "HPOSWEEP_NODE_NAME"
IMAGE_ENV = "HPOSWEEP_IMAGE"  # the container's image as the template names it; may be absent
GPUS_ENV = "HPOSWEEP_GPUS"  # that the pod holds, by the operator's weights; absent without one
GRACE_SECONDS_ENV = "HPOSWEEP_GRACE_SECONDS"  # between SIGTERM and SIGKILL; may be absent
MEMORY_BYTES_ENV = "HPOSWEEP_MEMORY_BYTES"  # a trial's limit where no kernel enforces the container's; may be absent
WORKER_INDEX_ENV = "JOB_COMPLETION_INDEX"  # set by the Job controller
TERMINATION_MESSAGE_PATH_ENV = "HPOSWEEP_TERMINATION_MESSAGE_PATH"  # where there is no kubelet; may be absent

# --- Exit codes of a worker ---------------------------------------------------------------------------------------
EXIT_DONE = 0  # budget spent, drained or terminated as asked
EXIT_INVALID_CONFIG = 64  # the objective, sampler or pruner cannot be used: every worker would refuse it
EXIT_CLEANUP_FAILED = (
    71  # a process of a trial could not be killed, or its GPU memory was not freed: replace this worker
)
EXIT_STORAGE_LOST = 75  # the database did not answer: the next pod may find it
EXIT_FENCED = 76  # the study belongs to another sweep, or is gone
# SIGTERM while there is work left (eviction, scale down, suspend): the trial was requeued. Never 0, because an Indexed
# Job would count the index as completed and start no successor; never a failure of the worker either.
EXIT_INTERRUPTED = 143

# A worker that ends with one of the codes above (not 0) leaves one sentence here for the operator.
TERMINATION_MESSAGE_PATH = "/dev/termination-log"

# --- Study attributes (Optuna user attributes, JSON values) --------------------------------------------------------
ATTRIBUTE_PREFIX = "hposweep:"  # of all names below; closed to the user's own attributes
OWNER = "hposweep:owner"  # uid of the sweep
SWEEP = "hposweep:sweep"  # {namespace, name, cluster} of the owner, written by the operator
STOPPED = "hposweep:stopped"  # true once the sampler or the objective stopped the study: no point is left to try
PROTOCOL = "hposweep:protocol"  # PROTOCOL_VERSION of the operator that wrote the control block
# written by the operator: whether to stop, and the budget (`protocol.control`)
CONTROL = "hposweep:control"
BREAKER = "hposweep:breaker"  # present once the first trials failed alike (`protocol.breaker`)
EXISTING = "hposweep:existing"  # charged trials that the study had when the sweep claimed it
WARM_START = "hposweep:warm_start"  # the trials of other studies that were enqueued at the start, once
IMAGES = "hposweep:images"  # {pod uid: digest that the kubelet pulled}, of the pods that run
# `:` and the index of a worker follow: {uid, free: {path: bytes}} at the paths of `spec.preflight.disk`
DISK = "hposweep:disk"
SOURCE = "hposweep:source"  # {code, commit, image}: each that of the newest trial that has it

# --- Trial attributes (Optuna user attributes, JSON values) --------------------------------------------------------
POD_NAME = "hposweep:pod"
POD_UID = "hposweep:uid"
NODE_NAME = "hposweep:node"
WORKER_INDEX = "hposweep:worker"
ATTEMPT = "hposweep:attempt"  # 0 for the first attempt; one more for each retry
RETRIES = "hposweep:retries"  # how many earlier attempts were lost with their worker; bounded by trials.maxRetries
IMAGE = "hposweep:image"  # digest of the worker's image, or its reference while the digest is unknown
CLASS = "hposweep:class"  # why it failed, one of FAILURE_CLASSES
FINGERPRINT = "hposweep:fingerprint"  # equal for failures of one cause
LOG_TAIL = "hposweep:log_tail"  # the last lines that it printed, without secrets, within the two limits below
LOG_TAIL_LINES, LOG_TAIL_CHARACTERS = 20, 4096
ERROR = "hposweep:error"  # "Type: message" of the exception, bounded
PRUNED_BECAUSE = "hposweep:pruned_because"  # the message of TrialPruned, bounded
SAMPLER_ERROR = "hposweep:sampler_error"  # field, hook and error of a sampler or pruner that raised, bounded
GPUS = "hposweep:gpus"  # that its pod held while it ran; absent without one
CODE = "hposweep:code"  # hash of the files that the worker found beside its objective
COMMIT = "hposweep:commit"  # git commit of the checkout that `spec.preflight.source` names
RETRIED_FROM = "hposweep:retried_from"  # number of the trial that was requeued
USER_ATTRIBUTES = (
    "hposweep:came_with"  # names of the user attributes that an enqueued trial had before its first attempt
)
ENQUEUE_ID = "hposweep:enqueued"  # identifies a trial that an objective enqueued, so that a repeated insert is none
CHECKPOINT = "hposweep:checkpoint"  # name of its checkpoint folder: that of the first attempt, kept by all retries
CONTRAST = "hposweep:contrast"  # of a pair that differs in one parameter (`protocol.contrast`)
START = "hposweep:start"  # of a trial that `spec.study` enqueues: its key, and the trial of another study that it is
BASELINE = "hposweep:baseline"  # of an attempt of `spec.baselineTrial` (`protocol.baseline`)
CHAMPION = "hposweep:champion"  # of a configuration that is trained again (`protocol.champion`)
REPORTS = "hposweep:reports"  # of a baseline trial: how many steps it reported
DISK_WRITTEN = "hposweep:disk_written"  # of a baseline trial: bytes on disk (`protocol.baseline`)
MEMORY = "hposweep:memory"  # of a baseline trial: the most that it held, and the limits (`protocol.baseline`)
PROBED_LOW, PROBED_HIGH = "low", "high"  # "value" of the side at a bound, where the parameter is a number
CHARGED = "hposweep:charged"  # false on a trial that does not count against the budget

# --- Why trials fail ----------------------------------------------------------------------------------------------
OUT_OF_MEMORY = "OutOfMemory"  # of the host or of CUDA
SHARED_MEMORY = "SharedMemory"  # /dev/shm is full, which a program sees as a bus error
GPU_ERROR = "GpuError"  # any error of CUDA, HIP or their libraries but a lack of memory
DATA_MISSING = "DataMissing"  # a file or folder that the objective reads
IMPORT_ERROR = "ImportError"
NOT_FINITE = "NotFinite"
TIMED_OUT = "TimedOut"
CRASHED = "Crashed"  # a signal, or an end without a result
OBJECTIVE_ERROR = "ObjectiveError"  # any other exception or answer of the objective
PREEMPTED = "Preempted"  # its worker was ended from outside
NODE_LOST = "NodeLost"
DATABASE_LOST = "DatabaseLost"
TERMINATED = "Terminated"  # by spec.stop: Terminate


class Failure(NamedTuple):
    """A failure class: its name on the trial, whose fault it is, and what a user can do about it."""

    name: str
    remedy: str  # an imperative clause for the action of a finding
    is_infrastructure: bool = False  # not the trial's fault: requeued without charge, at most `trials.maxRetries` times


FAILURES = (
    Failure(
        OUT_OF_MEMORY,
        "request more memory in `spec.workers.template`, or narrow the parameters that need memory (batch size, width)",
    ),
    Failure(
        SHARED_MEMORY,
        "mount an `emptyDir` with `medium: Memory` at `/dev/shm` in `spec.workers.template` (a pod has 64 MiB there), "
        "or use fewer data loader workers",
    ),
    Failure(
        GPU_ERROR,
        "for a device-side assert set `CUDA_LAUNCH_BLOCKING=1`, or run on the CPU, to see the line (mostly a label or "
        "an index out of range); for `no kernel image` use a framework that is built for the node's GPU; otherwise "
        "check driver and GPU of the node",
    ),
    Failure(DATA_MISSING, "check that the volumes of `spec.workers.template` hold the files that the objective reads"),
    Failure(IMPORT_ERROR, "install the missing module in the image, or add it to `spec.objective.sourceRef`"),
    Failure(NOT_FINITE, "narrow the ranges in which the value diverges (a learning rate, say), or prune such trials"),
    Failure(TIMED_OUT, "raise `spec.trials.timeoutSeconds`, or narrow the parameters that make trials long"),
    Failure(CRASHED, "read the trial's log for the signal or exit; check drivers and native libraries first"),
    Failure(OBJECTIVE_ERROR, "fix the objective; the error names the line"),
    Failure(
        PREEMPTED,
        "give the workers a priority or nodes of their own, or raise `spec.trials.maxRetries`",
        is_infrastructure=True,
    ),
    Failure(NODE_LOST, "check the lost nodes, or raise `spec.trials.maxRetries`", is_infrastructure=True),
    Failure(DATABASE_LOST, "check the database, or raise `spec.study.storage.outageSeconds`", is_infrastructure=True),
    Failure(TERMINATED, "no action needed; `spec.stop: Terminate` ended the trial"),
)
FAILURE_CLASSES = tuple(entry.name for entry in FAILURES)
INFRASTRUCTURE_CLASSES = tuple(entry.name for entry in FAILURES if entry.is_infrastructure)
# This many trials that fail alike, before any other has succeeded, open the breaker.
BREAKER_TRIALS = 5

# --- The budget's definition -------------------------------------------------------------------------------------
# A trial is charged unless its attribute says otherwise. One definition for worker and operator, because two could
# disagree about the last trial. `t` is Optuna's table `trials`.
IS_CHARGED_SQL = (
    "t.state <> 'WAITING' and not exists (select 1 from trial_user_attributes a "
    f"where a.trial_id = t.trial_id and a.key = '{CHARGED}' and a.value_json = 'false')"
)


def driver_url(uri: str) -> str:
    """Return the URL in the form of SQLAlchemy with psycopg2.

    Accepts the common forms in Secrets (`postgres://`, `postgresql://`, with or without a driver) and leaves the rest
    of the URL unchanged, but for braces, which Optuna would read as a format.
    """
    scheme, separator, address = uri.strip().partition("://")
    if separator and scheme in {"postgres", "postgresql", "postgresql+psycopg2"}:
        return f"postgresql+psycopg2://{address.replace('{', '%7B').replace('}', '%7D')}"
    return uri.strip()


def libpq_url(uri: str) -> str:
    """Return the URL in the form of libpq, which knows no drivers."""
    return driver_url(uri).replace("postgresql+psycopg2://", "postgresql://", 1)
