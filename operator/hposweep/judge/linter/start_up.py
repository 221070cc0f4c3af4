"""Random trials before an adaptive sampler starts to favor what looked best. Families of rules use it."""

from __future__ import annotations

from hposweep.api.spec import Spec

# The option for random trials, and its default.
ADAPTIVE = {
    "TPESampler": ("n_startup_trials", 10),
    "GPSampler": ("n_startup_trials", 10),
    "NSGAIISampler": ("population_size", 50),
    "NSGAIIISampler": ("population_size", 50),
}


def start_up(spec: Spec) -> tuple[str, int] | None:
    """Return the field that sets the random trials, and their number; None for a sampler that has none."""
    sampler = spec.study.sampler
    if sampler.name not in ADAPTIVE:
        return None
    option, default = ADAPTIVE[sampler.name]
    trials = sampler.options.get(option, default)
    return (f"spec.study.sampler.options.{option}", trials) if isinstance(trials, int) else None
