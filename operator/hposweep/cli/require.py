"""The option `--require TIER` of `run` and `judge`: an exit code for scripts. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from hposweep.api.status import TierStatus

EXIT_NOT_REACHED = 3


def unknown_tier(name: str | None, tiers: Iterable[str]) -> str:
    """Return the error for a tier that the sweep does not have, else an empty string."""
    names = list(tiers)
    if name is None or name in names:
        return ""
    allowed = f"allowed {', '.join(names)}" if names else "`spec.success` is empty"
    return f"--require: the sweep has no such tier (got `{name}`; {allowed}). Name a tier of `spec.success`."


def is_reached(name: str | None, tiers: Iterable[TierStatus]) -> bool:
    """Return whether the tier is True. Without a required tier, it always is."""
    return name is None or any(tier.tier == name and tier.outcome == "True" for tier in tiers)
