"""A Dockerfile as tests read it."""

from __future__ import annotations


def instructions(text: str) -> list[tuple[str, str]]:
    """Return the instructions: the word in front, and the rest."""
    joined = text.replace("\\\n", " ")
    lines = [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]
    return [(word.upper(), rest.strip()) for word, _, rest in (line.partition(" ") for line in lines)]


def last(text: str, word: str) -> str:
    """Return the rest of the last instruction with this word."""
    return [rest for name, rest in instructions(text) if name == word][-1]
