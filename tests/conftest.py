"""Settings of all levels of tests."""

from __future__ import annotations

from hypothesis import settings

# Machines here are shared and noisy: a slow example is no fault. A fixed seed keeps a run repeatable.
settings.register_profile("steady", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("steady")
