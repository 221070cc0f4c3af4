"""Words that YAML reads as something else: `[on, off]` is `[true, false]`, and `010` is 8.

Rules of the file as it is written: the value does not show it any more. Called by `command`, and by `cli.run` and
`cli.judge`, which print sentences.
"""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from hposweep.cli.validate.lines import Lines
from hposweep.cluster.local.documents import Documents
from hposweep.judge.linter.finding import warning
from hposweep.judge.linter.rules import LinterRule
from hposweep.model.findings import ContractFinding
from hpotrial.protocol import yaml_scalars

_BOOLEAN = "tag:yaml.org,2002:bool"
_ORDINARY = ("true", "false")


def findings(lines: Lines) -> Iterator[ContractFinding]:
    """Yield a warning for each list or mapping of values with such a word, and for each octal number."""
    for path, node in _places(lines.document):
        words = [item.value for item in _scalars(node) if item.tag == _BOOLEAN and item.value.lower() not in _ORDINARY]
        if words:
            names = ", ".join(f"`{word}`" for word in dict.fromkeys(words))
            sentence = f"YAML reads {names} as true or false. Put each in quotes, or write true and false."
            yield warning(LinterRule.YAML_BOOLEAN, (path,), sentence, words=words)
        if any(not item.value and not item.style for item in _scalars(node)):
            yield warning(LinterRule.YAML_EMPTY, (path,), "YAML reads an empty item as null. Write null, or remove it.")
    for path, scalar in _numbers(_field(lines.document, "spec"), "spec"):
        number = yaml_scalars.integer(scalar.value)
        sentence = f"YAML reads `{scalar.value}` as {number}. Remove the leading zero, or put it in quotes."
        yield warning(LinterRule.YAML_OCTAL, (path,), sentence)


def sentences(documents: Documents) -> Iterator[str]:
    """Yield the findings of the sweep with their lines, for verbs that print no table of findings."""
    lines = Lines(documents.node)
    for finding in findings(lines):
        yield f"{documents.source}, line {lines.line(finding.fields[0])}: {finding.message}"


def _places(document: yaml.Node | None) -> Iterator[tuple[str, yaml.Node]]:
    spec = _field(document, "spec")
    fixed = _field(_field(spec, "objective"), "fixed")
    if fixed is not None:
        yield "spec.objective.fixed", fixed
    space = _field(spec, "searchSpace")
    for position, parameter in enumerate(space.value if isinstance(space, yaml.SequenceNode) else ()):
        for block, name in (("categorical", "choices"), ("when", "in")):
            values = _field(_field(parameter, block), name)
            if values is not None:
                yield f"spec.searchSpace[{position}].{block}.{name}", values


def _field(node: yaml.Node | None, name: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((item for key, item in node.value if key.value == name), None)


def _scalars(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    """Yield the values in a node, and the keys of its mappings."""
    if isinstance(node, yaml.ScalarNode):
        yield node
    for item in node.value if isinstance(node, yaml.CollectionNode) else ():
        for part in item if isinstance(item, tuple) else (item,):
            yield from _scalars(part)


def _numbers(node: yaml.Node | None, path: str) -> Iterator[tuple[str, yaml.ScalarNode]]:
    """Yield each octal number in a node with its path."""
    if isinstance(node, yaml.ScalarNode) and yaml_scalars.is_octal(node):
        yield path, node
    elif isinstance(node, yaml.MappingNode):
        for key, item in node.value:
            yield from _numbers(item, f"{path}.{key.value}")
    elif isinstance(node, yaml.SequenceNode):
        for position, item in enumerate(node.value):
            yield from _numbers(item, f"{path}[{position}]")
