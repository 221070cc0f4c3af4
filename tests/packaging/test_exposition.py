"""A scrape with hostile names, as promtool reads it."""

from __future__ import annotations

import subprocess
from dataclasses import replace

import pytest

from tests.packaging.program import TIMEOUT_SECONDS, Program
from tests.unit import world
from tests.unit.judge.histories import failed, trial
from tests.unit.telemetry.scrape import TEXT, Scraper, observed

NAMES = ("digits", 'quote "', "back\\slash", "new\nline", "# HELP hposweep_info", "\ud800", "{}", "日本", "x" * 1000)


@pytest.mark.parametrize("names", [(), NAMES], ids=["no sweep", "hostile sweeps"])
def test_promtool_has_nothing_to_say(promtool: Program, names: tuple[str, ...]) -> None:
    scraper = Scraper(metrics_labels={"label_team": "team"})
    for name in names:
        sweep = replace(world.sweep(name), labels={"team": name})
        scraper.passes(sweep, observed(sweep, trial(0, 0.1), failed(1)), "0123456789ab")
    text = scraper.exposition.scrape(TEXT).body
    assert text.count(b"\nhposweep_info{") == len(names)
    check = subprocess.run(
        [promtool.name, "check", "metrics"], input=text, capture_output=True, check=False, timeout=TIMEOUT_SECONDS
    )
    assert (check.returncode, check.stdout + check.stderr) == (0, b"")
