"""Types and reasons of `status.conditions`, and the condition itself. `report.conditions` builds them.

A type or reason is listed here only when the code behind it exists; documents promise no others.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

TRUE, FALSE, UNKNOWN = "True", "False", "Unknown"

ACCEPTED = "Accepted"
STORAGE_READY = "StorageReady"
PREFLIGHT_PASSED = "PreflightPassed"
BASELINE_PASSED = "BaselinePassed"
APPROVED = "Approved"
WORKERS_READY = "WorkersReady"
HEALTHY = "Healthy"
ON_TRACK = "OnTrack"
ANALYZED = "Analyzed"
SUSPENDED = "Suspended"
CHAMPIONS_VALIDATED = "ChampionsValidated"
NOTIFIED = "Notified"
ENDED = "Ended"  # its reasons are the words of `status.state` at the end, and NotYet
COMPLETE = "Complete"
FAILED = "Failed"

# Accepted
VALID = "Valid"
VALID_WITH_WARNINGS = "ValidWithWarnings"
INVALID_SPEC = "InvalidSpec"
INVALID_TEMPLATE = "InvalidTemplate"
TEMPLATE_NOT_ALLOWED = "TemplateNotAllowed"
NOT_ADMITTED = "NotAdmitted"
SOURCE_NOT_FOUND = "SourceNotFound"
WARM_START_UNUSABLE = "WarmStartUnusable"
CONTRADICTION = "Contradiction"
# StorageReady
CONNECTED = "Connected"
SECRET_NOT_FOUND = "SecretNotFound"  # noqa: S105  # a reason's name, not a secret
INVALID_URL = "InvalidUrl"
CONNECTION_FAILED = "ConnectionFailed"
AUTHENTICATION_FAILED = "AuthenticationFailed"
INSUFFICIENT_RIGHTS = "InsufficientRights"
TLS_FAILED = "TlsFailed"
HOST_NOT_ALLOWED = "HostNotAllowed"
SCHEMA_TOO_NEW = "SchemaTooNew"
SCHEMA_TOO_OLD = "SchemaTooOld"
TOO_FEW_CONNECTIONS = "TooFewConnections"
STUDY_MISMATCH = "StudyMismatch"
STUDY_OWNED_BY_ANOTHER = "StudyOwnedByAnother"
STUDY_UNREADABLE = "StudyUnreadable"
# PreflightPassed, BaselinePassed
PASSED = "Passed"
PASSED_WITH_WARNINGS = "PassedWithWarnings"  # of a preflight or a baseline trial
SKIPPED = "Skipped"
# Approved
GRANTED = "Granted"
NOT_REQUIRED = "NotRequired"
WAITING = "Waiting"
REVOKED = "Revoked"
# WorkersReady
RUNNING = "Running"
SCALING_UP = "ScalingUp"
PULLING_IMAGE = "PullingImage"
UNSCHEDULABLE = "Unschedulable"
IMAGE_PULL_FAILED = "ImagePullFailed"
QUOTA_EXCEEDED = "QuotaExceeded"
PODS_REFUSED = "PodsRefused"
CRASH_LOOPING = "CrashLooping"
START_FAILED = "StartFailed"
NODE_SILENT = "NodeSilent"
FINISHED = "Finished"
# Healthy
STORAGE_LOST = "StorageLost"  # the reasons of rules about trials stand in the rules' modules (`judge.health.rules`)
FAILING_IMMEDIATELY = "FailingImmediately"
STORAGE_SLOW = "StorageSlow"
STUDY_REWOUND = "StudyRewound"
STATUS_REFUSED = "StatusRefused"
INTERNAL_ERROR = "InternalError"
JUDGEMENT_TOO_LONG = "JudgementTooLong"
DISK_LOW = "DiskLow"
# OnTrack
NOT_REACHED = "NotReached"
CONTINUE = "Continue"
ASKED = "Asked"
STOPPED = "Stopped"
DEFAULT_APPLIED = "DefaultApplied"
UNANSWERED = "Unanswered"  # of an event: the sweep ended before the answer
# Analyzed
DONE = "Done"
NOTHING_TO_ANALYZE = "NothingToAnalyze"
# Suspended
RESUMED = "Resumed"
# ChampionsValidated
VALIDATED = "Validated"
WORSE_THAN_BASELINE = "WorseThanBaseline"
# Notified
DELIVERED = "Delivered"
RETRYING = "Retrying"
NOT_DELIVERED = "NotDelivered"
# tiers
ALL_CRITERIA_MET = "AllCriteriaMet"
CRITERIA_NOT_MET = "CriteriaNotMet"
NOT_YET = "NotYet"
CANNOT_TELL = "CannotTell"
# Complete, Failed
BUDGET_REACHED = "BudgetReached"
TIME_REACHED = "TimeReached"
GPU_BUDGET_REACHED = "GpuBudgetReached"
STOPPED_BY_USER = "StoppedByUser"
STOPPED_BY_DECISION = "StoppedByDecision"
GOAL_REACHED = "GoalReached"
NO_IMPROVEMENT = "NoImprovement"
STUDY_STOPPED = "StudyStopped"
NO_TRIAL_COMPLETED = "NoTrialCompleted"
WORKERS_FAILED = "WorkersFailed"
TOO_MANY_FAILED_TRIALS = "TooManyFailedTrials"
# several
PENDING = "Pending"

COMPARED_CHAMPIONS = (VALIDATED, CANNOT_TELL, WORSE_THAN_BASELINE)
FINAL_OF_CHAMPIONS = (*COMPARED_CHAMPIONS, FAILED, SKIPPED, STOPPED)
STUCK_OF_CHAMPIONS = (WAITING, FAILING_IMMEDIATELY)  # until a person has done something


@dataclass(frozen=True, slots=True)
class Condition:
    """One entry of `status.conditions`, as the Kubernetes API conventions define it."""

    type: str
    status: str
    reason: str
    message: str
    observed_generation: int
    last_transition_time: datetime

    @property
    def is_true(self) -> bool:
        return self.status == TRUE
