"""A property test reaches its assertions in every example that it does not discard, and in at least half of all."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.packaging.checkout import ROOT, source_files

# Statements that decide whether what stands below them runs at all.
_BRANCHES = (ast.If, ast.Try, ast.Match, ast.While)

SOURCE = """
from hypothesis import assume, given, strategies as st

@given(st.integers(0, 99))
def test_it(number: int) -> None:
    assume(number < LIMIT)
    assert number >= 0
"""


def property_tests(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any("given" in _names(entry) for entry in node.decorator_list):
            yield node


def _names(node: ast.AST) -> set[str]:
    """Return what a decorator is called, whether it is imported by itself or with its module."""
    called = node.func if isinstance(node, ast.Call) else node
    return {getattr(called, "id", ""), getattr(called, "attr", "")}


def early_exits(test: ast.FunctionDef) -> list[int]:
    """Return the lines of bare returns, but for those of functions inside the test."""
    return [node.lineno for node in _statements(test, ast.FunctionDef) if isinstance(node, ast.Return)]


def has_certain_assertion(test: ast.FunctionDef) -> bool:
    return any(isinstance(node, ast.Assert) for node in _statements(test, ast.FunctionDef, *_BRANCHES))


def _statements(node: ast.AST, *closed: type[ast.AST]) -> Iterator[ast.AST]:
    """Yield what stands in a node, without looking into the given kinds of statements."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, closed):
            yield child
            yield from _statements(child, *closed)


TESTS = [
    pytest.param(test, id=f"{path}:{test.lineno}")
    for path in source_files(".py")
    if path.is_relative_to("tests")
    for test in property_tests(ast.parse((ROOT / path).read_text()))
]


def test_there_are_property_tests() -> None:
    assert len(TESTS) >= 22


@pytest.mark.parametrize("test", TESTS)
def test_no_example_is_dropped_in_silence(test: ast.FunctionDef) -> None:
    assert not early_exits(test), "a bare return counts as passed: use hypothesis.assume"
    assert has_certain_assertion(test), "every assertion stands in a branch"


@pytest.mark.parametrize(
    ("body", "exits", "asserts"),
    [
        ("    if x:\n        return\n    assert x", [4], True),
        ("    for y in x:\n        assert y", [], True),
        ("    if x:\n        assert x", [], False),
        ("    def inner():\n        return\n    assert x", [], True),
    ],
)
def test_the_rule_sees_what_it_promises(body: str, exits: list[int], asserts: bool) -> None:
    (test,) = property_tests(ast.parse(f"@hypothesis.given(x=1)\ndef test_it(x):\n{body}"))
    assert early_exits(test) == exits
    assert has_certain_assertion(test) is asserts


@pytest.mark.parametrize(("limit", "passes"), [(100, True), (20, False)])
def test_half_of_the_examples_reach_the_assertions(limit: int, passes: bool, tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text())
    (tmp_path / "test_it.py").write_text(SOURCE.replace("LIMIT", str(limit)))
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode == 0) is passes, run.stdout
    assert ("examples reached the assertions; at least 50 % must" in run.stdout) is not passes
