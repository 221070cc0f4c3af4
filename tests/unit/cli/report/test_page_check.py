"""The strict reader finds each kind of fault, so that a page without faults means something."""

from __future__ import annotations

import pytest

from tests.unit.cli.report.page_check import faults

HEAD, TAIL = '<!DOCTYPE html>\n<html lang="en"><body><h1>a</h1><h2>b</h2>', "</body></html>"


def test_a_sound_page_has_no_faults() -> None:
    table = '<table><caption>c</caption><tbody><tr><th scope="row">x</th><td>1</td></tr></tbody></table>'
    picture = '<svg role="img" aria-labelledby="t"><title id="t">t</title><desc>d</desc></svg>'
    assert faults(f"{HEAD}{table}{picture}<a href='#t'>t</a>{TAIL}") == []


@pytest.mark.parametrize(
    "part",
    [
        "<p>",
        "</p>",
        "<b><i></b></i>",
        "<script>1</script>",
        '<img src="a.png">',
        '<a href="//example.org">a</a>',
        '<a href="#none">a</a>',
        '<p onclick="1">a</p>',
        '<p id="a"></p><p id="a"></p>',
        '<table><tbody><tr><th scope="row">a</th></tr></tbody></table>',
        "<table><caption>c</caption><tbody><tr><td>a</td></tr></tbody></table>",
        "<table><caption>c</caption><tbody><tr><th>a</th></tr></tbody></table>",
        '<svg role="img"><desc>d</desc></svg>',
        "<svg><title>t</title><desc>d</desc></svg>",
        "<style>a { background: url(x) }</style>",
        "<h3>a</h3>",
        "<h1>a</h1>",
        "<!-- a -->",
    ],
)
def test_each_fault_is_found(part: str) -> None:
    assert faults(f"{HEAD}{part}{TAIL}")
