"""Record on the study which image each worker runs, because a tag may point to another one tomorrow.

Called by `planner`.
"""

from __future__ import annotations

from hposweep.model.observation import Observation
from hposweep.model.plan import SetImages
from hposweep.model.trials import Study


def images(observation: Observation, study: Study) -> SetImages | None:
    """Return None when every running worker is recorded; a worker that has exited is no reason to write."""
    pods = (*observation.baseline_trial.running_pods, *observation.search.running_pods)
    digests = {pod.uid: pod.image for pod in pods if pod.image}
    return SetImages(study.id, digests) if digests.items() - study.images.items() else None
