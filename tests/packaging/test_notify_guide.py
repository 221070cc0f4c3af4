"""The guide to notifications names the events, services and failures that exist, and its message is the real one."""

from __future__ import annotations

import re

import pytest
from apprise.plugins import N_MGR

from hposweep.api.spec import NotifyEvent
from hposweep.cli.validate.findings import findings
from hposweep.model.delivery_result import DeliveryResult
from hposweep.notify.child import SCHEMES
from hposweep.plan.notifications import notifications
from hposweep.report import notifications as report
from tests.documents import ROOT, sweeps
from tests.unit.plan.test_notifications import with_row
from tests.unit.world import NOON

TEXT = (ROOT / "docs/how-to/notify.md").read_text()


def first_cells(title: str) -> list[str]:
    section = TEXT.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| ([^|]+) \|", section, re.MULTILINE)[1:]


def test_the_sweep_of_the_guide_has_no_finding_about_notifications() -> None:
    found = findings(sweeps()["docs/how-to/notify.md:0"])
    assert [finding for finding in found if any("notify" in field for field in finding.fields)] == []


def test_every_event_has_its_row() -> None:
    assert first_cells("Events") == [f"`{event}`" for event in NotifyEvent]


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")  # by the library, when it lists its services
def test_every_service_has_its_row_and_is_one_of_the_library() -> None:
    table = TEXT.partition("\n## Services\n")[2].partition("\n## ")[0]
    schemes = {scheme for scheme in re.findall(r"`(\w+)://`", table) if scheme != "https"}
    assert schemes == set(SCHEMES)
    assert [scheme for scheme in SCHEMES if scheme not in N_MGR] == []


def test_every_failure_has_its_row() -> None:
    rows = first_cells("When nothing arrives")
    assert len(rows) == len(DeliveryResult) - 1
    assert [text for text in report._ERRORS.values() if not any(row.startswith(text) for row in rows)] == []


def test_the_message_of_the_guide_is_the_real_one() -> None:
    (action,) = notifications(with_row(), (), NOON)
    message = f"{action.title}\n{action.body}".replace("default/digits", "vision/digits-v3")
    shown = re.sub(r"\d+ of \d+ trials.*", "", message.replace("-n default digits", "-n vision digits-v3"))
    assert shown in re.sub(r"\d+ of \d+ trials.*", "", TEXT)
