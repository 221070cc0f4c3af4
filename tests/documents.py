"""The documentation as tests read it: its pages, the sweeps in them, and the links between them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
_YAML_BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


def pages() -> list[Path]:
    return [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def sweeps() -> dict[str, dict[str, Any]]:
    """Every HPOSweep that a page shows whole, by page and position."""
    found = {}
    for page in pages():
        for position, block in enumerate(_YAML_BLOCK.findall(page.read_text())):
            body = yaml.load(block, yaml.CSafeLoader)
            if isinstance(body, dict) and body.get("kind") == "HPOSweep":
                found[f"{page.relative_to(ROOT)}:{position}"] = body
    return found


def links(page: Path) -> list[Path]:
    """Relative links of a page, resolved."""
    return [(page.parent / target).resolve() for target in _LINK.findall(page.read_text())]
