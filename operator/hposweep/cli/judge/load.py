"""Load what is judged: the sweep of a file, trials of a file or of a database, and a baseline.

Called by `command`. Input that cannot be read raises RefusedInputError with a sentence.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from hposweep.api.spec import BaselineSpec, StudyObjectiveSpec
from hposweep.api.sweep import Sweep
from hposweep.cli.environment import gpu_weights
from hposweep.cli.judge.options import JudgeOptions
from hposweep.cli.judge.trials_file import STANDARD_INPUT, read_trials
from hposweep.cli.require import unknown_tier
from hposweep.cli.run.errors import RefusedInputError
from hposweep.cli.validate import yaml_words
from hposweep.cli.validate.findings import findings
from hposweep.cli.validate.output import as_text
from hposweep.cli.validate.report import SweepReport
from hposweep.cli.workers_block import fill_workers
from hposweep.cluster.local.documents import DocumentError, Documents, read
from hposweep.database.dsn import Dsn
from hposweep.database.errors import StorageError
from hposweep.database.study import Studies
from hposweep.gpu_weights import BUILT_IN_WEIGHTS, GpuWeights
from hposweep.judge.baseline_attempts import beyond_budget
from hposweep.judge.linter.rules import LinterRule
from hposweep.judge.study_from_trials import study_of
from hposweep.model.baseline import Baseline
from hposweep.model.findings import ContractFinding, Severity
from hposweep.model.history import History
from hposweep.model.trials import Study
from hposweep.observe.baseline import baseline_of
from hposweep.schema.check import check
from hposweep.text import count
from hpotrial.protocol import STORAGE_URL_ENV

# Judging does not need this block, so the file may omit it.
_OBJECTIVE = {"python": "module:function"}
_UNREADABLE = (LinterRule.SCHEMA.value, LinterRule.UNKNOWN_CRITERION.value)


@dataclass(frozen=True, slots=True)
class JudgeInput:
    """Everything that is judged."""

    sweep: Sweep
    study: Study
    history: History
    baseline: Baseline | None
    errors: tuple[ContractFinding, ...] = ()  # the operator would reject the sweep for them
    notices: tuple[str, ...] = ()  # what else a user should know of the sweep's file
    gpu_weights: GpuWeights = BUILT_IN_WEIGHTS


def load_trials(options: JudgeOptions) -> JudgeInput:
    """Raises RefusedInputError."""
    if [options.file, options.trials, options.baseline].count(STANDARD_INPUT) > 1:
        raise RefusedInputError("only one of SWEEP.yaml, --trials and --baseline can be the standard input")
    try:
        documents = read(options.file)
    except DocumentError as error:
        raise RefusedInputError(str(error)) from None
    sweep, all_findings = _sweep(documents.source, documents.sweep)
    errors = tuple(finding for finding in all_findings if finding.severity is Severity.ERROR)
    fault = unknown_tier(options.require, sweep.spec.success)
    if fault:
        raise RefusedInputError(fault)
    goals = sweep.spec.study.objectives
    try:
        if options.trials is not None:
            history = read_trials(options.trials, goals)
            study = study_of(history, goals, name=sweep.study_name)
        else:
            study, history = _of_database(_url(options), options.study or sweep.study_name, goals)
        baseline = beyond_budget(study.owner, history)  # a file of trials names no owner
        sweep = sweep.with_uncounted(existing=study.existing, baseline=baseline)
        notices = tuple(_notices(all_findings, documents))
        return JudgeInput(sweep, study, history, _baseline(options, sweep, documents), errors, notices, gpu_weights())
    except StorageError as error:
        raise RefusedInputError(error.message) from None


def _sweep(file: str, document: Mapping[str, Any]) -> tuple[Sweep, tuple[ContractFinding, ...]]:
    """Return the sweep and its findings. Only a sweep that cannot be read is refused: trials exist already."""
    body = copy.deepcopy(dict(document))
    body["metadata"].setdefault("namespace", "default")
    body.pop("status", None)
    spec = body.get("spec")
    if isinstance(spec, dict):
        spec.setdefault("objective", _OBJECTIVE)
    fill_workers(spec)
    all_findings = findings(body)
    if any(finding.rule in _UNREADABLE for finding in all_findings):
        report = SweepReport(str(body["metadata"]["name"]), all_findings)
        raise RefusedInputError(f"{file}: this sweep cannot be judged until you fix it", as_text([report]).rstrip())
    checked = check(body).document
    metadata = {**checked["metadata"], "uid": "", "generation": 1}
    return Sweep.from_object({**checked, "metadata": metadata}), all_findings


def _notices(all_findings: tuple[ContractFinding, ...], documents: Documents) -> Iterator[str]:
    """Yield values that YAML reads otherwise, because they are judged, and the number of the linter's warnings."""
    yield from yaml_words.sentences(documents)
    warnings = sum(finding.severity is Severity.WARNING for finding in all_findings)
    if warnings:
        yield f"{documents.source} has {count(warnings, 'warning')}. Read: hposweep validate {documents.source}"


def _url(options: JudgeOptions) -> tuple[str, str]:
    """Return the database URL and where it came from, for messages."""
    if options.storage:
        return options.storage, "--storage"
    from_environment = os.environ.get(STORAGE_URL_ENV)
    if from_environment:
        return from_environment, STORAGE_URL_ENV
    raise RefusedInputError(
        f"no trials to judge: pass a file (--trials FILE.jsonl), or a database (--storage URL or {STORAGE_URL_ENV}) "
        "and its study (--study NAME)"
    )


def _studies(url: tuple[str, str]) -> Studies:
    text, source = url
    try:
        return Studies(Dsn(text))
    except ValueError as error:
        raise RefusedInputError(f"the value of {source} {error}") from None


def _of_database(url: tuple[str, str], name: str, goals: tuple[StudyObjectiveSpec, ...]) -> tuple[Study, History]:
    """Raises StorageError."""
    with closing(_studies(url)) as studies:
        study = studies.read(name, [goal.is_maximized for goal in goals])
        if study is None:
            raise RefusedInputError(
                f"study `{name}` does not exist in the database of {url[1]}; pass its name with --study"
            )
        directions = tuple(goal.direction.upper() for goal in goals)
        if study.directions != directions:
            has, needs = (", ".join(word.capitalize() for word in words) for words in (study.directions, directions))
            raise RefusedInputError(
                f"study `{name}` has other objectives than `spec.study.objectives` (got {has}; allowed {needs}), "
                "so its values have another meaning"
            )
        return study, studies.history(study.id, study.counts)


def _baseline(options: JudgeOptions, sweep: Sweep, documents: Documents) -> Baseline | None:
    """Raises StorageError."""
    spec, goals = sweep.spec.baseline, sweep.spec.study.objectives
    if options.baseline is not None:
        history = read_trials(options.baseline, goals)
        return baseline_of(study_of(history, goals, name=options.baseline), history, goals)
    if spec is None or spec.study is None:
        return Baseline(best=spec.value, trials=spec.trials) if spec is not None else None
    url = _baseline_url(options, spec, documents)
    if url is None:
        advice = "pass its trials with --baseline FILE.jsonl"
        fault = f"study `{spec.study}` of `spec.baseline.study` is not available; {advice}"
        return Baseline(study=spec.study, fault=fault, is_temporary=True)
    with closing(_studies(url)) as studies:
        study = studies.read(spec.study, [goal.is_maximized for goal in goals])
        if study is None:
            fault = (
                f"study `{spec.study}` of `spec.baseline.study` does not exist in the database of {url[1]}; "
                "pass its trials with --baseline FILE.jsonl"
            )
            return Baseline(study=spec.study, fault=fault)
        return baseline_of(study, studies.history(study.id, study.counts), goals)


def _baseline_url(options: JudgeOptions, spec: BaselineSpec, documents: Documents) -> tuple[str, str] | None:
    """Return the URL of the Secret when the file contains it, else that of the options."""
    if spec.storage is not None:
        secret = spec.storage.secret_ref
        text = documents.value("Secret", secret.name, secret.key)
        if text is not None and spec.storage.tls is not None:
            raise RefusedInputError(
                "spec.baseline.storage.tls: not applied by this command (got a Secret with the URL). Pass the trials "
                "of the baseline with --baseline FILE.jsonl."
            )
        if text is not None:
            return text, f"Secret `{secret.name}` (key `{secret.key}`)"
    try:
        return _url(options)
    except RefusedInputError:
        return None
