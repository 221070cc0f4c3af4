"""A pod template that the settings do not allow, in whole passes: no pod starts, until another setting allows it."""

from __future__ import annotations

from dataclasses import replace

from hposweep.allowed_pods import AllowedPods, PodField
from tests import builders
from tests.unit import world
from tests.unit.memory import SETTINGS, MemoryCluster, MemoryStudies, made, passes


async def test_a_template_that_the_settings_do_not_allow_waits_for_another_setting() -> None:
    cluster = MemoryCluster(world.sweep(workers=builders.workers(hostPID=True)))
    reconciler = made(cluster, MemoryStudies())
    await passes(reconciler, 2)
    assert cluster.jobs == ()
    assert cluster.held.status is not None
    accepted = cluster.held.status.condition("Accepted")
    assert accepted is not None
    assert (accepted.reason, cluster.held.status.state) == ("TemplateNotAllowed", "Pending")
    allowed = AllowedPods(frozenset({PodField.HOST_PID}))
    await passes(replace(reconciler, settings=replace(SETTINGS, allowed_pods=allowed)), 2)
    assert len(cluster.jobs) == 1
