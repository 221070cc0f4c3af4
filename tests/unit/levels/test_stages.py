"""The stages of `make test` run each test exactly once."""

from __future__ import annotations

from pathlib import Path

from tests.stages import SECONDS_PER_TEST, STAGES

TESTS = Path(__file__).resolve().parents[2]


def test_every_folder_with_tests_is_a_level() -> None:
    folders = {path.relative_to(TESTS).parts[0] for path in TESTS.rglob("test_*.py")}
    assert folders == set(SECONDS_PER_TEST)


def test_each_level_is_in_one_stage_or_is_divided_by_a_marker_and_its_opposite() -> None:
    for level in SECONDS_PER_TEST:
        markers = [stage.markers for stage in STAGES if level in stage.levels]
        assert markers in ([""], ["not alone", "alone"]), level


def test_only_tests_that_run_alone_have_no_neighbours() -> None:
    for stage in STAGES:
        command = stage.command(Path("report.xml"))
        assert ("-n" in command) == (stage.processes > 0)
        assert stage.markers != "alone" or stage.processes == 0
