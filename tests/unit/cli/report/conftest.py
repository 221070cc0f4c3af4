"""Fast importances: their repetitions are tested with the analysis, and a report only shows them."""

from __future__ import annotations

import pytest

from hposweep.analysis import importances


@pytest.fixture(autouse=True)
def few_repetitions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importances, "SEEDS", 2)
    monkeypatch.setattr(importances, "EXCHANGES", 2)
