"""How a place in a document is written: `spec.searchSpace[1].name`, as the API server does. Pure."""

from __future__ import annotations

from collections.abc import Iterable


def place(path: Iterable[str | int]) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".") or "the document"
