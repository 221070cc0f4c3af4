"""Write the path of a field as the API server does: `spec.searchSpace[1].name`. Pure."""

from __future__ import annotations

from collections.abc import Iterable


def format_path(path: Iterable[str | int]) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".") or "the document"
