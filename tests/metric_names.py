"""The operator's metrics that alert rules and boards name, and those that a scrape of it has."""

from __future__ import annotations

import re

import yaml

from boards.drawing import board
from boards.generate import FOLDER
from tests.documents import ROOT

RULES = ROOT / "manifests" / "base" / "alerts" / "rules.yaml"
_NAME = re.compile(r"\b(?:hposweep|process)_\w+")
_SAMPLES_OF_A_HISTOGRAM = ("_bucket", "_count", "_sum")


def of_rules_and_boards() -> set[str]:
    """Return each metric of the operator that an expression of a rule or of a panel has, as its header names it."""
    rules = (rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"])
    panels = (panel for path in FOLDER.glob("*.json") for panel in board.read(path).panels)
    expressions = [
        *(rule["expr"] for rule in rules),
        *(query.expression for panel in panels for query in panel.queries),
    ]
    return {_family(name) for expression in expressions for name in _NAME.findall(expression)}


def exposed(scrape: str) -> set[str]:
    """Return the metrics of a scrape in the text format, also those that have no sample at the moment."""
    return {line.split(" ")[2] for line in scrape.splitlines() if line.startswith("# TYPE ")}


def _family(name: str) -> str:
    return next((name.removesuffix(suffix) for suffix in _SAMPLES_OF_A_HISTOGRAM if name.endswith(suffix)), name)
