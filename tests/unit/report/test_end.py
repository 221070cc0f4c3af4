"""`Ended` and `status.verdict`: what a script waits for, and what the columns of `kubectl get` show."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

from hposweep.api import conditions as c
from hposweep.api.status import Status, TierStatus
from hposweep.model.observation import Fault
from hposweep.report.end import with_end
from hposweep.report.events import events
from hposweep.report.success import verdict_word
from tests import builders
from tests.packaging.checkout import CRD
from tests.unit import world
from tests.unit.memory import MemoryCluster, MemoryStudies, made, passes
from tests.unit.report.reading import after, held, told

SUCCESS = {"minimum": [builders.best_value(greater_than=0.5)], "full": [builders.best_value(greater_than=0.9)]}


def ended(status: Status) -> tuple[str, str, str]:
    entry = status.condition(c.ENDED)
    assert entry is not None
    return entry.status, entry.reason, entry.message


def complete(**spec: object) -> Status:
    sweep = world.sweep(**spec)
    counts = {"complete": 3 if "stop" in spec else 10}
    return told(sweep, world.seen(world.study(sweep, best=0.6, **counts), jobs=(world.job(is_complete=True),)))


def test_a_running_sweep_has_not_ended() -> None:
    sweep = world.sweep()
    status = told(sweep, world.seen(world.study(sweep, complete=3), jobs=(world.job(),), pods=(world.pod(),)))
    assert ended(status) == ("False", "NotYet", "the sweep has not ended")


def test_one_condition_tells_of_every_end_with_the_word_of_the_state() -> None:
    assert ended(complete()) == ("True", "Complete", "BudgetReached: 10 of 10 trials finished")
    stopped = complete(stop="Drain")
    assert ended(stopped)[:2] == ("True", "Stopped")
    assert ended(stopped)[2].startswith("StoppedByUser: ")
    failed = told(world.sweep(), world.seen(refusals=(Fault("InvalidTemplate", "unknown field `imag`"),)))
    assert ended(failed) == ("True", "Failed", "InvalidSpec: unknown field `imag`")
    assert [status.state for status in (complete(), stopped, failed)] == ["Complete", "Stopped", "Failed"]


def test_the_end_stays_when_the_database_is_lost_afterwards() -> None:
    sweep, status = world.sweep(), complete()
    later = told(after(sweep, status), world.seen(world.LOST))
    assert later.condition(c.ENDED) == status.condition(c.ENDED)


async def test_a_sweep_that_ended_under_an_earlier_release_gets_the_condition_without_a_look_at_its_database() -> None:
    status = complete(success=SUCCESS)
    old = replace(status, verdict=None, conditions=tuple(e for e in status.conditions if e.type != c.ENDED))
    assert held(with_end(old))["Ended"] == ("True", "Complete")
    cluster = MemoryCluster(after(world.sweep(success=SUCCESS), old), secret=None)
    await passes(made(cluster, MemoryStudies()), 2)
    assert cluster.log == ["status Complete"], "written once, and no event repeats the end"
    assert cluster.held.status is not None
    assert cluster.held.status.verdict == "minimum"


def test_no_event_repeats_the_end() -> None:
    reasons = [event.reason for event in events(None, complete(), world.NOON)]
    assert "BudgetReached" in reasons
    assert "Complete" not in reasons


@pytest.mark.parametrize(
    ("tiers", "word"),
    [
        ({}, None),
        ({"minimum": "Unknown"}, "?"),
        ({"minimum": "False"}, "none"),
        ({"minimum": "False", "full": "Unknown"}, "?"),
        ({"minimum": "True", "full": "Unknown"}, "minimum"),
        ({"minimum": "True", "full": "True", "exceptional": "False"}, "full"),
        ({"minimum": "False", "full": "True"}, "full"),
        ({"cheap": "True", "small": "False"}, "cheap"),
        ({"minimum": "True", "full": "False", "cheap": "True"}, "minimum,cheap"),
    ],
)
def test_the_verdict_is_the_highest_tier_that_holds(tiers: dict[str, str], word: str | None) -> None:
    assert verdict_word([TierStatus(tier, outcome) for tier, outcome in tiers.items()]) == word


def test_the_verdict_of_a_sweep_is_that_of_its_tiers() -> None:
    assert complete().verdict is None
    assert complete(success=SUCCESS).verdict == "minimum"
    missed = {"minimum": [builders.best_value(greater_than=0.95)]}
    assert complete(success=missed).verdict == "none"
    sweep = world.sweep(success=SUCCESS)
    first = told(sweep, world.seen(world.study(sweep)))
    assert first.verdict == "?"
    lost = told(after(sweep, complete(success=SUCCESS)), world.seen(world.LOST, jobs=(world.job(),)))
    assert lost.verdict == "minimum", "an error takes no verdict back"


def test_the_columns_show_verdict_and_health_beside_the_state() -> None:
    (version,) = yaml.safe_load(CRD.read_text())["spec"]["versions"]
    columns = [(entry["name"], entry["jsonPath"]) for entry in version["additionalPrinterColumns"]]
    assert columns[:3] == [
        ("State", ".status.state"),
        ("Verdict", ".status.verdict"),
        ("Health", '.status.conditions[?(@.type=="Healthy")].reason'),
    ]
