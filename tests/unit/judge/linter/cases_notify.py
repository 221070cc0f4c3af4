"""Notifications."""

from __future__ import annotations

from typing import Any

from hposweep.judge.linter.rules import LinterRule
from tests.unit.judge.linter.case import Case, point, points

Json = dict[str, Any]


def target(*events: str, name: str = "chat", key: str = "url") -> Json:
    return {"secretRef": {"name": name, "key": key}, "events": list(events or ["Ended"])}


def notify(*targets: Json, **more: Any) -> Json:
    return {"notify": list(targets), **more}


CASES = (
    Case(
        LinterRule.NOTIFIES_THE_DATABASE,
        notify(target(name="optuna-db", key="uri")),
        notify(target(name="optuna-db", key="chat")),
        ("names the database's own Secret",),
        "Error",
        ("spec.notify[0].secretRef", "spec.study.storage.secretRef"),
    ),
    Case(
        LinterRule.NOTIFIED_TWICE,
        notify(target(), target("Unhealthy")),
        notify(target(), target("Unhealthy", key="mail")),
        ("the same Secret and key as `spec.notify[0]`",),
        fields=("spec.notify[1].secretRef", "spec.notify[0].secretRef"),
    ),
    Case(
        LinterRule.NEVER_ASKS,
        notify(target("Asked"), **points(point(otherwise="Continue"))),
        notify(target("Asked"), **points(point(otherwise="Ask"))),
        ("no decision point asks",),
        fields=("spec.notify[0].events", "spec.decisionPoints"),
    ),
)
