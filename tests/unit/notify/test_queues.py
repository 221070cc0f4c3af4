"""The order in which namespaces send."""

from __future__ import annotations

from hposweep.notify.queues import MAX_LATE, NamespaceQueues


def order(queues: NamespaceQueues[str]) -> list[str]:
    """Take all attempts, one after the other."""
    items = []
    while (namespace := queues.next(())) is not None:
        items.append(queues.take(namespace))
    return items


def made(*items: str) -> NamespaceQueues[str]:
    """Return queues with these attempts; the letter is the namespace."""
    queues: NamespaceQueues[str] = NamespaceQueues()
    for item in items:
        assert queues.put(item[0], item) is None
    return queues


def test_namespaces_take_turns() -> None:
    assert order(made("a1", "a2", "a3", "b1", "c1", "b2")) == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_a_late_namespace_comes_after_the_others_until_it_is_in_time_again() -> None:
    queues = made("a1", "b1", "c1")
    queues.record("a", is_late=True)
    queues.record("a", is_late=True)
    queues.record("b", is_late=True)
    assert order(queues) == ["c1", "b1", "a1"]
    queues.record("a", is_late=False)
    for item in ("b2", "a2"):
        queues.put(item[0], item)
    assert order(queues) == ["a2", "b2"]


def test_a_busy_namespace_waits() -> None:
    queues = made("a1", "b1")
    assert queues.next({"a": object()}) == "b"
    assert queues.next({"a", "b"}) is None


def test_the_oldest_attempt_makes_room() -> None:
    queues: NamespaceQueues[str] = NamespaceQueues(max_queued=2)
    assert [queues.put("a", item) for item in ("a1", "a2", "a3", "a4")] == [None, None, "a1", "a2"]
    assert queues.put("b", "b1") is None
    assert order(queues) == ["a3", "b1", "a4"]


def test_attempts_that_are_removed_are_not_taken() -> None:
    queues = made("a1", "a2", "b1")
    queues.remove("a", lambda item: item == "a1")
    queues.remove("b", lambda _: True)
    queues.remove("c", lambda _: True)
    assert order(queues) == ["a2"]


def test_only_so_many_namespaces_are_remembered_as_late() -> None:
    queues = made("a1")
    queues.record("first", is_late=True)
    for number in range(MAX_LATE):
        queues.record(f"late-{number}", is_late=True)
    assert (queues.lateness("first"), queues.lateness("late-0")) == (0, 1)
