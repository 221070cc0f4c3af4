"""The condition `Approved`: while it waits, all that a person needs in order to decide. Called by `conditions`.

The first line says what to do; one line for each group of facts follows, and the command comes last.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator

from hposweep.api import conditions as c
from hposweep.api.approval import ApprovalStatus
from hposweep.api.names import tier_order
from hposweep.api.space import Parameter, size
from hposweep.api.spec import Spec
from hposweep.api.sweep import Sweep
from hposweep.api.wire import to_wire
from hposweep.model.findings import Severity
from hposweep.model.gate import Gate
from hposweep.model.verdicts import Verdicts
from hposweep.report.condition import ConditionDraft
from hposweep.text import count, duration, truncate

GRANT = "grant: "  # begins the line with the command
_LINE_CHARACTERS = 500  # of a group, so that all of them and the command fit into the condition
_MAX_PARAMETERS, _MAX_FINDINGS = 12, 5
_ASKING = (c.WAITING, c.REVOKED)


def approved(sweep: Sweep, verdicts: Verdicts) -> ConditionDraft:
    """Return the condition. Unknown while a gate before it is closed."""
    gate, record = verdicts.approval, verdicts.approval_record
    if gate.is_open:
        return ConditionDraft(c.APPROVED, c.TRUE, gate.reason, gate.message)
    if gate.reason not in _ASKING or record is None:
        return ConditionDraft(c.APPROVED, c.UNKNOWN, gate.reason, gate.message)
    return ConditionDraft(c.APPROVED, c.FALSE, gate.reason, "\n".join(_question(sweep, verdicts, gate, record)))


def _question(sweep: Sweep, verdicts: Verdicts, gate: Gate, record: ApprovalStatus) -> Iterator[str]:
    spec = sweep.spec
    yield _line(f"{gate.message}; no worker runs until then")
    groups = (
        ("space", _space(spec)),
        ("objective", _objective(spec, record)),
        ("budget", _budget(spec)),
        ("time", _time(spec, verdicts)),
        ("criteria", _criteria(spec)),
        ("findings", _findings(verdicts)),
    )
    for name, text in groups:
        if text:
            yield f"  {_line(f'{name}: {text}')}"
    yield f"  {GRANT}{grant_command(sweep, record.digest)}"


def _line(text: str) -> str:
    """Return one line: a command of the user's may have several, and none of them must look like ours."""
    return truncate(" ".join(text.split()), _LINE_CHARACTERS)


def grant_command(sweep: Sweep, digest: str) -> str:
    """Return the command that grants; a person fills in two words."""
    approval = {"granted": True, "digest": digest, "by": "YOUR-USER-NAME", "reason": "WHY"}
    patch = json.dumps({"spec": {"approval": approval}}, separators=(",", ":"))
    return f"kubectl patch hposweep {sweep.name} -n {sweep.namespace} --type merge -p '{patch}'"


def _space(spec: Spec) -> str:
    """Return the number of combinations where it is finite, and the parameters."""
    if not spec.search_space:
        return "defined by the objective itself"
    sizes = [size(parameter) for parameter in spec.search_space]
    countable = [number for number in sizes if number is not None]
    real = len(sizes) - len(countable)
    names = ", ".join(_parameter(parameter) for parameter in spec.search_space[:_MAX_PARAMETERS])
    omitted = len(sizes) - _MAX_PARAMETERS
    more = f" and {omitted} more" if omitted > 0 else ""
    total = f"at most {math.prod(countable):.6g} combinations" if not real else f"{count(real, 'real number')}"
    return f"{count(len(sizes), 'parameter')}, {total}: {names}{more}"


def _parameter(parameter: Parameter) -> str:
    bounds = parameter.float_ or parameter.int_
    if bounds is not None:
        return f"{parameter.name} {bounds.low:g} to {bounds.high:g}{' (log)' if bounds.log else ''}"
    return f"{parameter.name} ({count(size(parameter) or 0, 'choice')})"


def _objective(spec: Spec, record: ApprovalStatus) -> str:
    objective, source = spec.objective, spec.objective.source_ref
    code = f"`{objective.python}`" if objective.python else f"command `{' '.join(objective.command or ())}`"
    content = f" (content `{record.subject.source}`)" if record.subject.source else ""
    files = f", ConfigMap `{source.config_map.name}`{content}" if source is not None else ""
    digests = f" (`{record.subject.image_digests[-1]}`)" if record.subject.image_digests else ""
    image = f", image `{record.subject.image}`{digests}"
    return f"{truncate(code, 200)}{files}{image}"


def _budget(spec: Spec) -> str:
    budget = spec.budget
    parts = [count(spec.trials.max, "trial"), count(spec.workers.replicas, "worker")]
    if spec.trials.timeout_seconds is not None:
        parts.append(f"{duration(spec.trials.timeout_seconds)} for each trial at most")
    if budget.active_deadline_seconds is not None:
        parts.append(f"ends after {duration(budget.active_deadline_seconds)}")
    return ", ".join(parts)


def _time(spec: Spec, verdicts: Verdicts) -> str:
    """Return the estimate where there is one, and the bound that the limits set."""
    parts = []
    if verdicts.baseline_trial.estimate:
        parts.append(verdicts.baseline_trial.estimate)
    elif verdicts.eta is not None:
        low, high = duration(verdicts.eta.low_seconds), duration(verdicts.eta.high_seconds)
        parts.append(f"about {duration(verdicts.eta.seconds)} ({low} to {high})")
    if spec.budget.expected_seconds is not None:
        parts.append(f"its author expects {duration(spec.budget.expected_seconds)}")
    if spec.trials.timeout_seconds is not None and spec.workers.replicas:
        rounds = math.ceil(spec.trials.max / spec.workers.replicas)
        parts.append(f"at most {duration(rounds * spec.trials.timeout_seconds)} by the limit of a trial")
    return ", ".join(parts)


def _criteria(spec: Spec) -> str:
    """Return the criteria of each tier as the user wrote them."""
    tiers = (
        f"{name}: {', '.join(_json(criterion) for criterion in spec.success[name])}"
        for name in tier_order(spec.success)
    )
    return "; ".join(tiers) or "none"


def _json(value: object) -> str:
    return json.dumps(to_wire(value), separators=(", ", ": "), ensure_ascii=False)


def _findings(verdicts: Verdicts) -> str:
    warnings = [finding for finding in verdicts.findings if finding.severity is Severity.WARNING]
    if not warnings:
        return "none"
    rules = ", ".join(dict.fromkeys(finding.rule for finding in warnings[:_MAX_FINDINGS]))
    omitted = len(warnings) - _MAX_FINDINGS
    more = f" and {omitted} more" if omitted > 0 else ""
    return f"{count(len(warnings), 'warning')} (see `Accepted`): {rules}{more}"
