"""Load the CRD that is packaged with `schema`: `crd.yaml`, a link to the manifest in the sources."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml


@cache
def schema() -> Mapping[str, Any]:
    """Return the OpenAPI schema of the whole resource."""
    text = Path(__file__).with_name("crd.yaml").read_text()
    (version,) = yaml.load(text, yaml.CSafeLoader)["spec"]["versions"]
    return dict(version["schema"]["openAPIV3Schema"])
