"""The arguments of `spec.objective.command`: variables that do not exist, and placeholders that nothing replaces."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hposweep.api.names import TRIAL_CONTAINER
from hposweep.api.spec import Spec
from hposweep.judge.linter.finding import error, warning
from hposweep.judge.linter.format import listed
from hposweep.judge.linter.placeholders import Reader, name_in, placeholders, reader_of, shell_variables
from hposweep.judge.linter.rules import LinterRule
from hposweep.model.findings import ContractFinding
from hposweep.text import truncate
from hpotrial.protocol import command

_FIELD = "spec.objective.command"
_SHOWN = 40  # characters of a placeholder
# Every image sets them, or nearly every one.
_COMMON = ("HOME", "HOSTNAME", "PATH", "PWD", "USER", "TMPDIR", "JOB_COMPLETION_INDEX")
_ALL_ARGUMENTS = re.compile(r"args(_no_hyphens|_no_boolean_flags|_json)?", re.IGNORECASE)
_ESCAPED = re.compile(r"(?<!\$)\$\$(?![$(])")
_ANY = f"`$({command.ARGS})` or `$({command.PARAM_PREFIX}<NAME>)`"


@dataclass(frozen=True, slots=True)
class _Variables:
    """The variables of a trial: ours, and those of the container. `is_open`: a ConfigMap or a Secret adds others."""

    parameters: Mapping[str, str]  # parameter by variable
    container: frozenset[str]
    is_open: bool

    def has(self, name: str) -> bool:
        if name.startswith("HPO_"):
            return name in self.parameters or name in command.VARIABLES or name in self.container
        return self.is_open or name in self.container or name in _COMMON or name.startswith("HPOSWEEP_")

    def exact(self, name: str) -> str | None:
        """Return the variable of that name, or of the parameter of that name."""
        if _ALL_ARGUMENTS.fullmatch(name):
            return command.ARGS
        names = (*self.parameters, *command.VARIABLES)
        candidates = (name, name.upper(), command.variable(name))
        return next((candidate for candidate in candidates if candidate in names), None)

    def similar(self, name: str) -> str | None:
        """Return the variable that was probably meant."""
        exact, names = self.exact(name), (*self.parameters, *command.VARIABLES)
        by_ending = {_ending(candidate): candidate for candidate in reversed(names)}
        close = difflib.get_close_matches(_ending(command.variable(_ending(name.upper()))), by_ending, n=1, cutoff=0.75)
        return exact or (by_ending[close[0]] if close else None)


def _ending(name: str) -> str:
    """Return the part of a variable's name in which variables differ."""
    return name.removeprefix(command.PARAM_PREFIX).removeprefix("HPO_")


def findings(spec: Spec) -> Iterator[ContractFinding]:
    arguments = spec.objective.command
    if not arguments:
        return
    if len(arguments) == 1 and " " in arguments[0].strip():
        sentence = "the program has spaces in its name. Write one list item for each argument, or `[sh, -c, …]`."
        yield warning(LinterRule.COMMAND_IN_ONE_STRING, (f"{_FIELD}[0]", _FIELD), sentence)
    pair = command.shared_variable(_parameters(spec))
    if pair is not None:
        first, second = pair
        sentence = f"`{first}` and `{second}` would both become `{command.variable(first)}`. Rename one of them."
        yield error(LinterRule.SHARED_VARIABLE, ("spec.searchSpace", _FIELD), sentence)
    variables = _variables(spec)
    optional = {command.variable(item.name): item.name for item in spec.search_space if item.when is not None}
    for position, argument in enumerate(arguments):
        field, reader = f"{_FIELD}[{position}]", reader_of(arguments, position)
        for name in dict.fromkeys(command.references(argument)):
            yield from _reference(field, name, reader, variables, optional)
        for placeholder in dict.fromkeys(placeholders(argument, reader)):
            yield from _placeholder(field, placeholder, reader, variables)
        if reader is Reader.SHELL and _ESCAPED.search(argument):
            sentence = "`$$` becomes `$` before the shell reads it. Write `$$$$` for the number of its process."
            yield warning(LinterRule.ESCAPED_DOLLAR, (field,), sentence)
        if reader is Reader.SHELL:
            for name in dict.fromkeys(shell_variables(argument)):
                if name.startswith("HPO_") and not variables.has(name):
                    yield _unknown(field, f"${name}", name, "$%s", variables)


def _reference(
    field: str, name: str, reader: Reader, variables: _Variables, optional: Mapping[str, str]
) -> Iterator[ContractFinding]:
    is_name = name.replace("_", "a").isidentifier()
    if name in optional and reader is Reader.PROGRAM:
        sentence = (
            f"`$({name})` is empty where `{optional[name]}` does not apply. Write `$({command.ARGS})`, which leaves it "
            "out."
        )
        yield warning(LinterRule.CONDITIONAL_ARGUMENT, (field,), sentence)
    # In a script `$(hostname)` runs a program.
    elif is_name and not variables.has(name) and (reader is Reader.PROGRAM or name.startswith("HPO_")):
        yield _unknown(field, f"$({name})", name, "$(%s)", variables)


def _unknown(field: str, text: str, name: str, form: str, variables: _Variables) -> ContractFinding:
    similar = variables.similar(name)
    shown = truncate(text, _SHOWN)
    if similar is not None:
        sentence = f"`{shown}` is no variable of a trial; did you mean `{form % similar}`?"
    else:
        sentence = f"`{shown}` is no variable of a trial, so it stays as it is. Write {_ANY}."
    make = error if name.startswith(command.PARAM_PREFIX) else warning
    return make(LinterRule.UNKNOWN_VARIABLE, (field,), sentence, _detail(variables))


def _placeholder(field: str, placeholder: str, reader: Reader, variables: _Variables) -> Iterator[ContractFinding]:
    name = name_in(placeholder)
    similar = variables.similar(name)
    is_clear = placeholder.startswith(("${", "{{", "%")) or name.startswith("HPO_")
    if not is_clear and variables.exact(name) is None:
        return  # other text: a regular expression with `$`, a file name with `{epoch}`
    problem = "is no variable of a shell" if reader is Reader.SHELL else "reaches the program as it is"
    advice = f"Write `$({similar})`" if similar is not None else f"Write {_ANY}"
    sentence = f"`{truncate(placeholder, _SHOWN)}` {problem}. {advice}."
    yield warning(LinterRule.FOREIGN_PLACEHOLDER, (field,), sentence, _detail(variables))


def _detail(variables: _Variables) -> str:
    return f"The variables of a trial are {listed((*variables.parameters, *command.VARIABLES))}."


def _variables(spec: Spec) -> _Variables:
    container = _container(spec.workers.template)
    entries = [entry for entry in _list(container.get("env")) if isinstance(entry, Mapping)]
    return _Variables(
        parameters={command.variable(name): name for name in _parameters(spec)},
        container=frozenset(str(entry.get("name")) for entry in entries),
        is_open=bool(container.get("envFrom")),
    )


def _parameters(spec: Spec) -> tuple[str, ...]:
    return (*(item.name for item in spec.search_space), *spec.objective.fixed)


def _container(template: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the container of the worker in a template that may have any shape."""
    pod = template.get("spec")
    containers = _list(pod.get("containers")) if isinstance(pod, Mapping) else []
    named = (item for item in containers if isinstance(item, Mapping) and item.get("name") == TRIAL_CONTAINER)
    return next(named, {})


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
