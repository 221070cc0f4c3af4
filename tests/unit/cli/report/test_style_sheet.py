"""The style sheet: contrast in light and dark, print, and nothing that is wider than a phone."""

from __future__ import annotations

import re

import pytest

from tests.documents import ROOT

SHEET = (ROOT / "operator/hposweep/cli/report/templates/style.css").read_text()
MIN_CONTRAST = 4.5  # WCAG 2.2, level AA, of text
SCHEMES = re.findall(r":root \{(.*?)\}", SHEET, re.DOTALL)[:2]


def _colours(scheme: str) -> dict[str, str]:
    return dict(re.findall(r"--(\w+): #(\w{6});", scheme))


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    low, high = sorted((_luminance(first), _luminance(second)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("000000", "ffffff") == pytest.approx(21)
    assert contrast("777777", "ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", SCHEMES, ids=["light", "dark"])
@pytest.mark.parametrize("background", ["background", "panel"])
@pytest.mark.parametrize("text", ["text", "muted", "accent", "note"])
def test_every_text_has_contrast(scheme: str, background: str, text: str) -> None:
    colours = _colours(scheme)
    assert contrast(colours[text], colours[background]) >= MIN_CONTRAST


def test_both_schemes_have_all_colours_and_paper_is_light() -> None:
    light, dark = map(_colours, SCHEMES)
    assert light.keys() == dark.keys()
    assert set(re.findall(r"var\(--(\w+)\)", SHEET)) == light.keys()
    assert "@media screen and (prefers-color-scheme: dark)" in SHEET
    assert "@media print" in SHEET


def test_tables_scroll_in_their_own_box() -> None:
    assert re.search(r"\.box \{[^}]*overflow-x: auto", SHEET)
    assert not re.search(r"min-width: (?!min\(|0)", SHEET)


def test_paper_keeps_lines_of_commands_and_headings_with_their_plots() -> None:
    paper = SHEET.partition("@media print {")[2]
    assert "pre { white-space: pre-wrap; }" in paper
    assert "h2 { break-after: avoid; }" in paper
    assert ".plots { display: block; }" in paper, "a browser may break before a flexible box, after its heading"
