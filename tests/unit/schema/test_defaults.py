"""What a person typed can be had back from a resource with defaults."""

from __future__ import annotations

import pytest
import yaml

from hposweep.schema.crd import schema
from hposweep.schema.defaults import with_defaults, without_defaults
from tests import builders
from tests.packaging.checkout import MANIFESTS

FULL = yaml.safe_load((MANIFESTS / "samples" / "full.yaml").read_text())
SHORT = builders.sweep(workers={"template": builders.pod_template()})


@pytest.mark.parametrize("body", [SHORT, FULL], ids=["short", "full"])
def test_a_short_resource_has_the_defaults_that_the_long_one_has(body: dict[str, object]) -> None:
    long = with_defaults(body, schema())
    short = without_defaults(long, schema())
    assert with_defaults(short, schema()) == long
    assert len(str(short)) < len(str(long))


def test_nothing_is_left_that_its_author_did_not_type() -> None:
    assert without_defaults(with_defaults(SHORT, schema()), schema()) == SHORT
