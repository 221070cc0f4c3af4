"""Settings of all levels of tests.

Property tests have two profiles. `quick` draws the same 50 examples in each run, so that `make check` is repeatable.
`explore` draws new examples in each run and prints how to repeat a failure; `make explore` uses it.
"""

from __future__ import annotations

import os

from hypothesis import settings

from tests.property_tests import pytest_runtest_call

__all__ = ["pytest_runtest_call"]

# No deadline: machines are shared and noisy, and a slow example is no fault.
settings.register_profile("quick", deadline=None, derandomize=True, max_examples=50)
settings.register_profile("explore", deadline=None, max_examples=1000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
