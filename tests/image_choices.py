"""How the tests choose the trial image; `images` reads these variables of the environment."""

from __future__ import annotations

# Few tests need torch, and an image without it is built and pulled in seconds.
WITHOUT_TORCH = {"TORCH": "", "EXTRA_REQUIREMENTS": ""}
