"""The whole of `hposweep next`: read the study and its sweep, propose the next one, and print it."""

from __future__ import annotations

import copy
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import optuna

from hposweep.analysis.next_space import NextSpace, next_space
from hposweep.analysis.space_edit import EditKind
from hposweep.analysis.space_limits import limits_of
from hposweep.analysis.view import StudyView, view_of
from hposweep.api.spec import Spec
from hposweep.cli.analyze.command import named_storage
from hposweep.cli.analyze.documents import as_json
from hposweep.cli.next.base import MAX_OBJECTIVES, PLACEHOLDERS, base_sweep, conditional_space, why_no_space
from hposweep.cli.next.sweep import NextSweep, next_sweep
from hposweep.cli.next.text import as_yaml
from hposweep.cli.output import print_text
from hposweep.cli.run.errors import RefusedInputError
from hposweep.cli.validate.findings import findings
from hposweep.cli.validate.reading import read as read_spec
from hposweep.cli.workers_block import fill_workers
from hposweep.cluster.local.documents import DocumentError, read
from hposweep.database.errors import StorageError
from hposweep.database.study_address import StorageKind, parse
from hposweep.database.study_reader import read_study
from hposweep.model.findings import ContractFinding, Severity
from hposweep.model.stored_study import StoredStudy
from hposweep.schema.check import check

EXIT_WRITTEN, EXIT_REFUSED = 0, 2
NEXT_COMMAND = "Check it: hposweep validate FILE. Start it: kubectl apply -f FILE."


@dataclass(frozen=True, slots=True)
class NextRequest:
    """The arguments."""

    storage: str | None = None
    study: str | None = None
    sweep: str | None = None


def write_next(request: NextRequest, *, is_json: bool) -> int:
    """Print the next sweep, and return the exit code."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)  # the analysis makes studies in memory
    try:
        storage = named_storage(request.storage)
        study = read_study(storage, request.study)
        body = None if request.sweep is None else dict(read(request.sweep).sweep)
        is_shared = parse(storage).kind is StorageKind.POSTGRESQL
        result, header = propose(study, body, is_shared_database=is_shared)
    except (StorageError, DocumentError) as error:
        return _refuse(error.message if isinstance(error, StorageError) else str(error))
    except RefusedInputError as error:
        return _refuse(*error.faults)
    print_text(as_json(result) if is_json else as_yaml(result, header))
    return EXIT_WRITTEN


def propose(
    study: StoredStudy, body: Mapping[str, Any] | None, *, is_shared_database: bool
) -> tuple[NextSweep, tuple[str, ...]]:
    """Return the next sweep of a study, and the lines above it. `body`: the sweep of its file, if there is one."""
    view = view_of(study)
    header = [f"The sweep after study {study.name}: {len(view.trials)} of {study.total} trials can be compared."]
    if body is None:
        _check_number_of_objectives(view)
        space = conditional_space(view)
        reason = why_no_space(space) or _fault(base_sweep(view, space))
        body = base_sweep(view, () if reason else space)
        header += _base_notes(reason)
        spec = _spec(body)
        limits = replace(limits_of(replace(spec, search_space=space)), may_freeze=False)
        proposal = next_space(view, space, limits)
    else:
        spec = _spec(body)
        _check_objectives(spec, view)
        proposal = next_space(view, spec.search_space or None, limits_of(spec))
        if not spec.search_space:
            header.append("The objective suggests its own space. Make the edits below there:")
    why_cold = "" if is_shared_database else "the study is not in a PostgreSQL, the only database that a sweep reads"
    return _valid_sweep(body, spec, view, proposal, why_cold), (*header, NEXT_COMMAND)


def _valid_sweep(body: Mapping[str, Any], spec: Spec, view: StudyView, proposal: NextSpace, why_cold: str) -> NextSweep:
    """Return the sweep with as many changes as the linter allows. Raises RefusedInputError when it allows none."""
    result = next_sweep(body, spec, view, proposal, why_cold=why_cold)
    fault = _fault(result.sweep)
    if not fault:
        return result
    all_kept, without = _all_kept(proposal, fault), f"the sweep would be refused with it: {fault}"
    for space, reason in ((all_kept, why_cold), (proposal, without), (all_kept, without)):
        result = next_sweep(body, spec, view, space, why_cold=reason)
        if not _fault(result.sweep):
            return result
    raise RefusedInputError("the next sweep would be refused", fault)


def _base_notes(reason: str) -> list[str]:
    notes = [f"Set {path}: {meaning}." for path, meaning in PLACEHOLDERS.items()]
    if reason:
        return [*notes, f"`spec.searchSpace` is left out, because {reason}. Make the edits below in your objective:"]
    return [*notes, "Call hpotrial.params(trial) in your objective, or make the edits of the search space there too."]


def _spec(body: Mapping[str, Any]) -> Spec:
    """Return the spec of a sweep, which may have no workers as for `hposweep run`. Raises RefusedInputError."""
    faults = _errors(body)
    if faults:
        raise RefusedInputError(
            "--sweep: this sweep cannot be used until you fix it",
            *(item.message for item in faults),
        )
    return read_spec(check(_filled(body)).document, ()).spec


def _filled(body: Mapping[str, Any]) -> dict[str, Any]:
    document = copy.deepcopy(dict(body))
    document.pop("status", None)
    document["metadata"].setdefault("namespace", "default")
    fill_workers(document.get("spec"))
    return document


def _errors(body: Mapping[str, Any]) -> tuple[ContractFinding, ...]:
    return tuple(finding for finding in findings(_filled(body)) if finding.severity is Severity.ERROR)


def _fault(body: Mapping[str, Any]) -> str:
    """Return why the sweep would be refused; "" when it is valid."""
    faults = _errors(body)
    return faults[0].message if faults else ""


def _all_kept(space: NextSpace, fault: str) -> NextSpace:
    reason = f"the edited sweep would be refused: {fault}"
    edits = tuple(
        replace(edit, kind=EditKind.KEEP, after=edit.before, reason=reason, confidence=None, value=None)
        if edit.kind is not EditKind.KEEP
        else edit
        for edit in space.edits
    )
    return replace(space, edits=edits)


def _check_objectives(spec: Spec, view: StudyView) -> None:
    needs, has = ([goal.direction for goal in goals] for goals in (spec.study.objectives, view.goals))
    if needs != has:
        raise RefusedInputError(
            f"--study: study `{view.study.name}` has other objectives than `spec.study.objectives` (got "
            f"{', '.join(has)}; allowed {', '.join(needs)}). Name the study of this sweep."
        )


def _check_number_of_objectives(view: StudyView) -> None:
    if len(view.goals) > MAX_OBJECTIVES:
        raise RefusedInputError(
            f"--study: study `{view.study.name}` has too many objectives for a sweep (got {len(view.goals)}; allowed "
            f"{MAX_OBJECTIVES})."
        )


def _refuse(*faults: str) -> int:
    for fault in faults:
        sys.stderr.write(f"hposweep next: {fault}\n")
    return EXIT_REFUSED
