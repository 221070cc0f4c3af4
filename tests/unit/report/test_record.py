"""`status.history`: what each change of a sweep adds to it, by whom, once, and within its bounds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hposweep.api.managers import FieldManager
from hposweep.api.record import KEPT_ENTRIES, MAX_MESSAGE_CHARACTERS, RecordEntry, RecordKind
from hposweep.api.status import DecisionStatus, Status, StopWhenStatus
from hposweep.api.sweep import Sweep
from hposweep.api.wire import to_wire
from hposweep.model.history import FAIL, History, Trial
from hposweep.model.observation import Observation
from hposweep.report.record import with_history
from hposweep.schema.crd import schema
from hposweep.schema.structure import structural_faults
from hpotrial import protocol
from tests.unit import world
from tests.unit.report.reading import after, told

SOON = world.NOON + timedelta(seconds=5)
PERSON = FieldManager("kubectl-patch", frozenset({"stop", "suspend", "trials", "answers"}), SOON)


def recorded(sweep: Sweep, seen: Observation, **changes: Any) -> Status:
    return with_history(sweep, replace(told(sweep, seen), **changes), seen, SOON)


def entries(status: Status) -> list[tuple[str, str, str]]:
    assert status.history is not None
    return [(entry.kind, entry.actor, entry.message) for entry in status.history.entries]


def study(sweep: Sweep, **fields: Any) -> Any:
    return replace(world.study(sweep, complete=3), **fields)


def begun(**spec: Any) -> Sweep:
    """A sweep that runs, with the first entries in its status."""
    sweep = world.sweep(**spec)
    seen = world.seen(study(sweep), jobs=(world.job(),), pods=(world.pod(),))
    return after(sweep, recorded(sweep, seen), managers=(PERSON,))


def next_entries(sweep: Sweep, seen: Observation | None = None, **changes: Any) -> list[RecordEntry]:
    seen = seen or world.seen(study(sweep), jobs=(world.job(),), pods=(world.pod(),))
    assert sweep.status is not None
    assert sweep.status.history is not None
    history = recorded(sweep, seen, **changes).history
    assert history is not None
    return [entry for entry in history.entries if entry.number > sweep.status.history.count]


def test_the_first_entry_says_who_made_what_and_why() -> None:
    sweep = replace(
        world.sweep(description="wider than v2", owner="ada@example.org"),
        managers=(FieldManager("kubectl-client-side-apply", frozenset({"trials"})),),
    )
    first = entries(recorded(sweep, world.seen(study(sweep), jobs=(world.job(),))))[0]
    trials = sweep.spec.trials.max
    message = f"{trials} trials, 1 worker. Owner ada@example.org. Wider than v2"
    assert first == ("Created", "kubectl-client-side-apply", message)


def test_a_sweep_of_an_earlier_release_says_where_its_history_begins() -> None:
    sweep = begun()
    assert sweep.status is not None
    older = replace(sweep, status=replace(sweep.status, history=None))
    seen = world.seen(study(older), jobs=(world.job(),), pods=(world.pod(),))
    ((kind, _, message),) = entries(recorded(older, seen))
    assert kind == "Created"
    assert message.startswith("the history begins here, because an earlier release kept none. ")


def test_a_pass_without_a_change_keeps_the_history() -> None:
    sweep = begun()
    assert sweep.status is not None
    seen = world.seen(study(sweep), jobs=(world.job(),), pods=(world.pod(),))
    assert recorded(sweep, seen) == sweep.status


def test_a_change_of_the_spec_has_both_values_and_its_author() -> None:
    sweep = begun(trials={"max": 40})
    changed = replace(world.sweep(trials={"max": 60}, generation=2), status=sweep.status, managers=(PERSON,))
    (entry,) = next_entries(changed)
    assert (entry.kind, entry.actor, entry.trials) == ("Spec", "kubectl-patch", 3)
    assert entry.message == "`spec.trials.max`: 40 → 60"
    assert entry.numbers == {"generation": 2.0}


@pytest.mark.parametrize(
    ("spec", "kind"),
    [
        ({"stop": "Drain"}, RecordKind.STOP),
        ({"answers": [{"decision": "half", "answer": "Stop"}]}, RecordKind.ANSWER),
        ({"owner": "ada"}, RecordKind.SPEC),
    ],
)
def test_the_kind_of_a_change_is_that_of_its_most_important_field(spec: dict[str, Any], kind: RecordKind) -> None:
    changed = replace(world.sweep(generation=2, **spec), status=begun().status, managers=(PERSON,))
    assert next_entries(changed)[0].kind == kind


def test_suspending_is_an_act_of_a_person_and_the_rest_of_the_operator() -> None:
    changed = replace(world.sweep(suspend=True, generation=2), status=begun().status, managers=(PERSON,))
    actors = {entry.message.partition("=")[0]: entry.actor for entry in next_entries(changed)}
    assert actors["Suspended"] == "kubectl-patch"
    assert actors["WorkersReady"] == "hposweep-operator"


def test_a_lost_trial_and_its_retry_are_named() -> None:
    sweep = begun()
    lost = Trial(3, FAIL, attributes={protocol.CLASS: protocol.PREEMPTED, protocol.CHARGED: False})
    retry = Trial(4, "WAITING", attributes={protocol.RETRIED_FROM: 3})
    now = study(sweep, failures={protocol.PREEMPTED: 1}, retried=1)
    seen = world.seen(now, jobs=(world.job(),), pods=(world.pod(),), history=History((lost, retry)))
    found = [(entry.kind, entry.message, entry.numbers) for entry in next_entries(sweep, seen)]
    assert found == [
        ("Reap", "1 trial lost by Preempted: 3", {"trials": 1.0}),
        ("Retry", "1 trial retried: 4 (of 3)", {"trials": 1.0}),
    ]


def test_the_trials_of_an_adopted_study_were_lost_before() -> None:
    sweep = world.sweep()
    seen = world.seen(study(sweep, failures={protocol.PREEMPTED: 2}, retried=2), jobs=(world.job(),))
    assert {"Reap", "Retry"}.isdisjoint(kind for kind, _, _ in entries(recorded(sweep, seen)))


def test_a_decision_is_recorded_when_it_asks_and_when_it_is_answered() -> None:
    sweep = begun()
    asked = DecisionStatus("half", "Ask", "0.28 is below 0.3", world.NOON, deadline=SOON, evidence={"value": 0.28})
    (entry,) = next_entries(sweep, decisions=(asked,))
    assert (entry.kind, entry.actor, entry.numbers) == ("Decision", "hposweep-operator", {"value": 0.28})
    assert sweep.status is not None
    waiting = replace(sweep, status=replace(sweep.status, decisions=(asked,)))
    answered = replace(asked, outcome="Stop", deadline=None, by="ada", label="too low")
    (entry,) = next_entries(waiting, decisions=(answered,))
    assert (entry.actor, entry.message) == ("ada", "`half`: Stop (too low); 0.28 is below 0.3")
    assert next_entries(waiting, decisions=(asked,)) == []


def test_a_stop_rule_is_recorded_once() -> None:
    sweep = begun()
    rule = StopWhenStatus("stopWhen[0].bestValue", "GoalReached", "0.36 is above 0.35", world.NOON, 3)
    (entry,) = next_entries(sweep, stop_when=rule)
    assert (entry.kind, entry.message) == ("Stop", "`spec.stopWhen[0].bestValue`: 0.36 is above 0.35")
    assert sweep.status is not None
    reached = replace(sweep, status=replace(sweep.status, stop_when=rule))
    assert not [entry for entry in next_entries(reached, stop_when=rule) if entry.kind == "Stop"]


def test_another_image_is_recorded_and_a_pod_that_ends_is_no_change() -> None:
    def seen(sweep: Sweep, *images: str) -> Observation:
        pods = tuple(world.pod(place, image=image) for place, image in enumerate(images))
        return world.seen(study(sweep), jobs=(world.job(),), pods=pods)

    sweep = world.sweep()
    sweep = after(sweep, recorded(sweep, seen(sweep, "sha256:a", "sha256:a")))
    assert sweep.status is not None
    assert sweep.status.history is not None
    assert sweep.status.history.images == ("sha256:a",)
    images = [entry for entry in next_entries(sweep, seen(sweep, "sha256:a", "sha256:b")) if entry.kind == "Image"]
    assert [entry.message for entry in images] == ["workers run image sha256:a → sha256:a, sha256:b"]
    assert not [entry for entry in next_entries(sweep, seen(sweep)) if entry.kind == "Image"]


def test_the_history_of_a_status_is_bounded_and_its_numbers_go_on() -> None:
    sweep = begun()
    for place in range(2 * KEPT_ENTRIES):
        decision = DecisionStatus(f"d{place}", "Continue", "x" * 2000, world.NOON)
        sweep = after(sweep, recorded(sweep, world.seen(study(sweep)), decisions=(decision,)))
    assert sweep.status is not None
    assert sweep.status.history is not None
    history = sweep.status.history
    assert len(history.entries) == KEPT_ENTRIES
    first = history.count - KEPT_ENTRIES + 1
    assert [entry.number for entry in history.entries] == list(range(first, history.count + 1))
    assert max(len(entry.message) for entry in history.entries) == MAX_MESSAGE_CHARACTERS
    assert list(structural_faults(to_wire(sweep.status), schema()["properties"]["status"])) == []


STATES = st.fixed_dictionaries(
    {
        "retried": st.integers(0, 3),
        "preempted": st.integers(0, 3),
        "image": st.sampled_from(["", "sha256:a", "sha256:b"]),
        "reason": st.sampled_from(["", "Unschedulable", "ImagePullBackOff"]),
        "decides": st.booleans(),
        "generation": st.integers(1, 2),
    }
)


def observed(sweep: Sweep, state: dict[str, Any]) -> Observation:
    pod = world.pod(phase="Pending" if state["reason"] else "Running", image=state["image"], reason=state["reason"])
    now = study(sweep, failures={protocol.PREEMPTED: state["preempted"]}, retried=state["retried"])
    return world.seen(now, jobs=(world.job(),), pods=(pod,))


@given(st.lists(STATES, min_size=1, max_size=4), st.data())
def test_passes_that_are_repeated_after_a_kill_record_the_same_entries(
    states: list[dict[str, Any]], data: st.DataObject
) -> None:
    """A pass may be killed before its status is written, and is then run again; or after, and then nothing is left."""

    def story(*, is_killed: bool) -> list[RecordEntry]:
        sweep = world.sweep()
        stored: dict[int, RecordEntry] = {}
        for state in states:
            sweep = replace(sweep, generation=state["generation"], managers=(PERSON,))
            decisions = (DecisionStatus("half", "Continue", "fine", world.NOON),) if state["decides"] else ()
            for _ in range(data.draw(st.integers(0, 1)) if is_killed else 0):
                recorded(sweep, observed(sweep, state), decisions=decisions)  # killed before the status is written
            status = recorded(sweep, observed(sweep, state), decisions=decisions)
            sweep = after(sweep, status)
            repeated = recorded(sweep, observed(sweep, state), decisions=decisions)
            assert repeated.history is not None
            assert repeated.history == status.history, "nothing has changed since"
            for entry in repeated.history.entries:
                stored.setdefault(entry.number, entry)
        return [stored[number] for number in sorted(stored)]

    assert story(is_killed=True) == story(is_killed=False)
