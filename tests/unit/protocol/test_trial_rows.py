"""What other programs left in a study that cannot be read is left out or kept as text; the rest of it is read."""

from __future__ import annotations

import pytest

from hpotrial.protocol import trial_rows

CHOICES = '{"name": "CategoricalDistribution", "attributes": {"choices": [[16], [16, 32], NaN]}}'


@pytest.mark.parametrize(
    ("value", "distribution"),
    [
        ("7", CHOICES),
        ("NaN", CHOICES),
        ("0", "{"),
        ("0", "[]"),
        ("0", "null"),
        ("0", '{"name": "OfAnotherVersion", "attributes": {}}'),
        ("0", '{"name": "FloatDistribution", "attributes": {"low": 2, "high": 1}}'),
        ("0", "[" * 100_000),
    ],
)
def test_a_parameter_that_cannot_be_read_is_left_out(value: str, distribution: str) -> None:
    assert trial_rows.read_parameters([("odd", value, distribution), ("layers", "1", CHOICES)]) == {"layers": [16, 32]}


@pytest.mark.parametrize("text", ["", "{", "9" * 5000, "[" * 100_000])
def test_an_attribute_that_is_no_json_stays_text(text: str) -> None:
    assert trial_rows.read_attributes({"odd": text, "right": "[1]"}) == {"odd": text, "right": [1]}
