"""Notifications: can each be sent, and about something?"""

from __future__ import annotations

from collections.abc import Iterator

from hposweep.api.decisions import ASK
from hposweep.api.spec import NotifyEvent, SecretKey, Spec
from hposweep.judge.linter.approval import asks_a_person
from hposweep.judge.linter.finding import error, warning
from hposweep.judge.linter.rules import LinterRule
from hposweep.model.findings import ContractFinding


def findings(spec: Spec) -> Iterator[ContractFinding]:
    outcomes = {
        outcome for point in spec.decision_points for outcome in (point.otherwise, *(rule.then for rule in point.rules))
    }
    first_paths: dict[SecretKey, str] = {}
    for position, target in enumerate(spec.notify):
        path = f"spec.notify[{position}]"
        if target.secret_ref == spec.study.storage.secret_ref:
            fields = (f"{path}.secretRef", "spec.study.storage.secretRef")
            sentence = "names the database's own Secret. Name one that holds a URL of apprise."
            yield error(LinterRule.NOTIFIES_THE_DATABASE, fields, sentence)
        first = first_paths.setdefault(target.secret_ref, path)
        if first != path:
            sentence = f"names the same Secret and key as `{first}`. Put all events into one entry."
            yield warning(LinterRule.NOTIFIED_TWICE, (f"{path}.secretRef", f"{first}.secretRef"), sentence)
        if NotifyEvent.ASKED in target.events and ASK not in outcomes and not asks_a_person(spec):
            sentence = "`Asked` never happens: no decision point asks. Add a rule or an `otherwise` of `Ask`."
            yield warning(LinterRule.NEVER_ASKS, (f"{path}.events", "spec.decisionPoints"), sentence)
