"""`make pictures`: its sweeps are valid, its alerts fire at once, and nothing incomplete replaces a picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from boards.drawing.prometheus import Prometheus
from demo import pictures
from hposweep.judge.linter import findings
from hposweep.schema.check import check
from tests.unit import world
from tests.unit.boards.fake_prometheus import serving
from tests.unit.boards.test_drawing import series_for

Series = list[tuple[dict[str, str], Callable[[float], float]]]
SWEEPS = pictures.sweeps("registry.example/trial:1")


@pytest.mark.parametrize("sweep", SWEEPS, ids=lambda sweep: sweep["metadata"]["name"])
def test_a_sweep_of_the_teams_has_no_fault_and_no_warning(sweep: dict[str, Any]) -> None:
    assert check(sweep).faults == ()
    assert findings(world.sweep(**sweep["spec"]).spec) == ()
    assert sweep["metadata"]["namespace"] in pictures.NAMESPACES
    (container,) = sweep["spec"]["workers"]["template"]["spec"]["containers"]
    assert container["image"] == "registry.example/trial:1"


def test_the_sweep_of_the_picture_and_its_baseline_are_among_them() -> None:
    names = {sweep["metadata"]["name"] for sweep in SWEEPS if sweep["metadata"]["namespace"] == pictures.VISION}
    assert {pictures.BASELINE, pictures.SHOWN} < names


def test_an_alert_fires_as_soon_as_its_expression_holds() -> None:
    rules = [rule for group in pictures.immediate_rules()["groups"] for rule in group["rules"]]
    assert rules
    assert not [rule["alert"] for rule in rules if "for" in rule]


def scraped(query: str) -> Series:
    return [] if query.startswith("min_over_time(up") else series_for(query)


def with_a_failed_scrape(query: str) -> Series:
    return series_for(query)


def without_findings(query: str) -> Series:
    return [] if query.startswith("hposweep_health_finding") else scraped(query)


@pytest.mark.parametrize(
    ("answers", "faults"),
    [
        (scraped, []),
        (with_a_failed_scrape, ["a scrape of the operator failed"]),
        (without_findings, ["hposweep-sweep: Health findings"]),
    ],
)
def test_an_empty_panel_and_a_failed_scrape_are_named(answers: Callable[[str], Series], faults: list[str]) -> None:
    with serving(answers) as url:
        assert pictures.missing(Prometheus(url), 1000.0, 1240.0) == faults


def test_both_pictures_are_written(tmp_path: Path) -> None:
    with serving(scraped) as url:
        pictures.write(Prometheus(url), 1000.0, 1240.0, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["board-fleet.png", "board-sweep.png"]
    for path in tmp_path.iterdir():
        with Image.open(path) as picture:
            assert picture.width == 1280
