"""Scales and texts of pictures, at the limits of numbers."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET

import pytest

from hposweep.cli.report import svg


@pytest.mark.parametrize(
    ("low", "high"),
    [(0, 1), (-1e308, 1e308), (0, 5e-324), (1, 1), (-5, -5 + 1e-15), (1e-300, 1e300), (-3.7, 12345.6)],
)
@pytest.mark.parametrize("is_log", [False, True])
def test_every_range_has_places_and_ticks_inside(low: float, high: float, is_log: bool) -> None:
    scale = svg.scale_of((low, high), 100, 20, is_log=is_log)
    places = [scale.place(value) for value in (low, high, *scale.ticks())]
    assert all(math.isfinite(place) and 20 <= place <= 100 for place in places)
    assert 1 <= len(scale.ticks()) <= 7
    assert (scale.place(low), scale.place(high)) == ((60, 60) if low == high else (100, 20))


def test_ticks_are_round_numbers() -> None:
    assert svg.scale_of((0.03, 0.97), 0, 1).ticks() == pytest.approx((0.2, 0.4, 0.6, 0.8))
    assert svg.scale_of((1e-5, 1e-1), 0, 1, is_log=True).ticks() == pytest.approx((1e-5, 1e-4, 1e-3, 1e-2, 1e-1))
    assert svg.scale_of((0, 1e-5), 0, 1, is_log=True).is_log is False


def test_a_picture_is_xml_with_escaped_cut_texts() -> None:
    root = svg.picture("a", 10, "<b> & \x00", "d")
    svg.text(root, 1, 2, "</svg><script>" * 10)
    svg.dots(root, [(1, 2.5), (3, 4)], "dot")
    read = ET.fromstring(svg.as_text(root))  # noqa: S314  # our own text
    assert read.find("title").text == "<b> &  "  # type: ignore[union-attr]
    label = read.find("text").text  # type: ignore[union-attr]
    assert label is not None
    assert label.startswith("</svg><script>")
    assert label.endswith("…")
    assert len(label) < 25
    assert read.find("path").get("d") == "M1 2.5h0M3 4h0"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("", ""),
        ("learning_rate", "learning_rate"),
        ("context_temperature", "context_temperat…"),
        ("WWWWWWWWWWWWWWWWWWWW", "WWWWWWWWWW…"),
        ("学习率学习率学习率学习率", "学习率学习率学习率…"),
        ("e\u0301" * 16, "e\u0301" * 16),
    ],
)
def test_a_label_is_cut_to_its_width_and_not_to_a_number_of_characters(words: str, label: str) -> None:
    assert svg.fitted(words, 140) == label


@pytest.mark.parametrize(
    ("ticks", "labels"),
    [
        ((0.2, 0.4, 0.6000000000000001), ["0.2", "0.4", "0.6"]),
        ((5000.0, 10000.0), ["5000", "10000"]),
        ((-1e308, 1e308), ["-1e+308", "1e+308"]),
        ((0.50001, 0.500012), ["0.50001", "0.500012"]),
        ((1234567890.0, 1234567899.0), ["1.2345679e+09", "1.2345679e+09"]),
        ((12345678.0, 22345678.0), ["1.235e+07", "2.235e+07"]),
    ],
)
def test_labels_of_ticks_are_short_and_tell_them_apart(ticks: tuple[float, ...], labels: list[str]) -> None:
    assert svg.tick_labels(ticks) == labels
