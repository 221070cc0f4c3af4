"""Load the sweep of a run: from arguments and a file to what an API server would have stored. Called by `command`.

The run's folder replaces the server's store: it keeps the sweep's uid, its spec and its status.
"""

from __future__ import annotations

import copy
import shlex
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hposweep.api import conditions
from hposweep.api.managers import FieldManager
from hposweep.api.status import Status
from hposweep.api.sweep import Sweep
from hposweep.api.wire import from_wire
from hposweep.cli.require import unknown_tier
from hposweep.cli.run.env_file import read_env_file
from hposweep.cli.run.errors import RefusedInputError
from hposweep.cli.run.options import RunOptions
from hposweep.cli.workers_block import fill_workers, with_images_of
from hposweep.cluster.local.documents import STANDARD_INPUT, DocumentError, Documents, read
from hposweep.cluster.local.folder import STATUS, SWEEP, Folder, FolderError
from hposweep.schema.check import check
from hposweep.schema.wording import worded

NAMESPACE = "default"  # where `kubectl apply` would put it
# A stopped or failed training of champions continues as well; the study of the champions keeps those that are trained.
_OF_AN_END = (conditions.COMPLETE, conditions.FAILED, conditions.CHAMPIONS_VALIDATED)
_MANAGER = FieldManager("hposweep run")  # that changes the spec, for the history


@dataclass(frozen=True, slots=True)
class RunInput:
    """Everything that a run starts from."""

    sweep: Sweep
    documents: Documents
    folder: Folder
    before: Status | None = None  # of an earlier run in the same folder
    file: str = "sweep.yaml"  # as the user named it
    command: str = ""  # that continues this run
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)  # of `--env-file`
    required_tier: str | None = None  # of `--require`
    approval_reason: str | None = None  # of `--approve`
    is_changed: bool = False  # since that run, and before its first trial


def load_run(options: RunOptions) -> RunInput:
    """Load the file and open the folder. Raises RefusedInputError; an invalid file leaves the folder unchanged."""
    try:
        documents = read(options.file)
    except DocumentError as error:
        raise RefusedInputError(str(error)) from None
    body = _with_options(documents.sweep, options)
    document = _refuse_faults(documents.source, body, None)
    fault = unknown_tier(options.require, document["spec"].get("success") or {})
    if fault:
        raise RefusedInputError(fault)
    if options.approve is not None and not document["spec"]["approval"]["required"]:
        raise RefusedInputError("--approve: `spec.approval.required` is false, so there is nothing to approve")
    name, variables = body["metadata"]["name"], read_env_file(options.env_file)
    try:
        folder = Folder.open((options.out or Path(f"{name}-run")).absolute())
    except FolderError as error:
        raise RefusedInputError(str(error)) from None
    try:
        run_input = replace(
            _stored(documents.source, body, documents, folder),
            file="SWEEP.yaml" if options.file == STANDARD_INPUT else shlex.quote(options.file),
            command=options.command,
            variables=variables,
            required_tier=options.require,
            approval_reason=options.approve,
        )
        if options.trials is None:
            return run_input
        return replace(run_input, sweep=replace(run_input.sweep, contract_max_trials=_max_trials(documents.sweep)))
    except BaseException:
        folder.close()
        raise


def _with_options(document: Mapping[str, Any], options: RunOptions) -> dict[str, Any]:
    """Return the sweep with the options in their fields, so that the same rules apply to them."""
    body = copy.deepcopy(dict(document))
    body["metadata"].setdefault("namespace", NAMESPACE)
    body.pop("status", None)
    spec = body.get("spec")
    overrides = (
        (options.workers, "workers", "replicas"),
        (options.study, "study", "name"),
        (options.trials, "trials", "max"),
    )
    for value, block, name in overrides:
        if value is not None and isinstance(spec, dict) and isinstance(spec.setdefault(block, {}), dict):
            spec[block][name] = value
    fill_workers(spec)
    return body


def _max_trials(document: Mapping[str, Any]) -> int | None:
    """Return `spec.trials.max` of the file, or None without one: the number of the command line counts then."""
    value = (document["spec"].get("trials") or {}).get("max")
    return value if isinstance(value, int) else None


def _refuse_faults(file: str, body: dict[str, Any], before: Mapping[str, Any] | None) -> Mapping[str, Any]:
    checked = check(body, before)
    if checked.faults:
        raise RefusedInputError.of(f"{file}: {worded(fault, checked.document).message}" for fault in checked.faults)
    spec = checked.document["spec"]
    if spec["suspend"]:
        raise RefusedInputError(f"{file}: `spec.suspend` is true, so no worker would run; set it to false")
    if spec["workers"]["replicas"] == 0:
        raise RefusedInputError(
            f"{file}: `spec.workers.replicas` is 0, so no worker would run; set it to 1 or use --workers 1"
        )
    return checked.document


def _stored(file: str, body: dict[str, Any], documents: Documents, folder: Folder) -> RunInput:
    try:
        stored_sweep, status = folder.stored(SWEEP), folder.stored(STATUS).get("status")
    except FolderError as error:
        raise RefusedInputError(str(error)) from None
    metadata = stored_sweep.get("metadata", {})
    if stored_sweep and metadata.get("name") != body["metadata"]["name"]:
        raise RefusedInputError(
            f"folder {folder.path} belongs to sweep `{metadata.get('name')}`; choose another with --out"
        )
    before = _readable(status)
    has_trials = before is not None and _has_trials(before)
    previous = with_images_of(body, stored_sweep) if has_trials else None
    if previous is not None and before is not None and not _has_results(before):
        # The objective that only failed may be fixed in the file, so that the study continues.
        previous["spec"]["objective"] = check(body).document["spec"]["objective"]
    try:
        document = _refuse_faults(file, body, previous)
    except RefusedInputError as error:
        raise RefusedInputError.of(
            f"{fault}; to run it changed, choose a new folder with --out" for fault in error.faults
        ) from None
    is_changed = document["spec"] != stored_sweep.get("spec")
    generation = metadata.get("generation", 0) + is_changed
    identity = {"uid": metadata.get("uid") or str(uuid.uuid4()), "generation": generation}
    resource = {**document, "metadata": {**document["metadata"], **identity}}
    folder.store(SWEEP, resource)
    sweep = replace(Sweep.from_object(resource), status=_without_end(before), managers=(_MANAGER,))
    sweep = replace(sweep, retry_baseline=uuid.uuid4().hex)  # each run tries a baseline trial again that failed
    sweep = _with_earlier_grant(_without_tls(sweep))
    return RunInput(sweep, documents, folder, before, is_changed=is_changed and not has_trials)


def _without_tls(sweep: Sweep) -> Sweep:
    """Return the sweep without TLS of its database, because a run has another one, whose URL says it all."""
    study = sweep.spec.study
    study = replace(study, storage=replace(study.storage, tls=None))
    return replace(sweep, spec=replace(sweep.spec, study=study))


def _with_earlier_grant(sweep: Sweep) -> Sweep:
    """Return the sweep with the grant of an earlier run, which no file has. A change since then still revokes it."""
    record = sweep.status.approval if sweep.status is not None else None
    spec = sweep.spec.approval
    if record is None or record.granted is None or spec.granted or not spec.required:
        return sweep
    approval = replace(spec, granted=True, by=record.granted.by, reason=record.granted.reason)
    return replace(sweep, spec=replace(sweep.spec, approval=approval))


def _has_trials(status: Status) -> bool:
    """Whether the study has trials. From the first one on, the search may not change."""
    trials = status.trials
    return any((trials.complete, trials.pruned, trials.failed, trials.running, trials.waiting))


def _has_results(status: Status) -> bool:
    """Whether a trial did more than fail. From then on, the objective may not change either."""
    trials = status.trials
    return any((trials.complete, trials.pruned, trials.running))


def _readable(status: Any) -> Status | None:
    """Return the stored status, or None when it cannot be read (an older version): the next pass writes a new one."""
    try:
        return from_wire(Status, status) if status else None
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _is_of_a_breaker(entry: conditions.Condition) -> bool:
    """Whether the circuit breaker of the champions is open, which the next run closes."""
    return entry.type == conditions.CHAMPIONS_VALIDATED and entry.reason == conditions.FAILING_IMMEDIATELY


def _without_end(status: Status | None) -> Status | None:
    """Return the status without its ends and without the preflight, which a repeated run makes again.

    On a cluster an end is final, because the spec is. A local run may continue after a fixed objective or a raised
    budget, so the study alone decides whether work is left.
    """
    if status is None:
        return None
    conditions_left = (entry for entry in status.conditions if entry.type not in _OF_AN_END or _is_of_a_breaker(entry))
    return replace(status, conditions=tuple(conditions_left), preflight=(), preflight_run=None)
