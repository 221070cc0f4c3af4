"""Which image each worker really runs, noted on the study: a tag may mean something else tomorrow.

Called by `planner`.
"""

from __future__ import annotations

from hposweep.model.observation import Observation
from hposweep.model.plan import SetImages
from hposweep.model.trials import Study


def images(seen: Observation, study: Study) -> SetImages | None:
    """None as long as every running worker is noted; one that has gone is no reason to write."""
    now = {pod.uid: pod.image for pod in seen.search.running_pods if pod.image}
    return SetImages(study.id, now) if now.items() - study.images.items() else None
