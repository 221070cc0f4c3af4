"""Class names with two meanings: one name in two modules."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from tests.style.measure import Measure, Offender


def measure(files: Iterable[tuple[Path, ast.Module]]) -> Measure:
    """Count the class names that several modules define."""
    places: defaultdict[str, list[tuple[Path, int]]] = defaultdict(list)
    for path, tree in files:
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                places[node.name].append((path, node.lineno))
    return Measure("class names in more than one module", tuple(_offenders(places)))


def _offenders(places: dict[str, list[tuple[Path, int]]]) -> Iterable[Offender]:
    for name, definitions in sorted(places.items()):
        (path, line), *others = definitions
        if any(where != path for where, _ in others):
            yield Offender(path, line, f"{name}, also in {', '.join(f'{where}:{at}' for where, at in others)}")
