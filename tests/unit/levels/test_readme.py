"""README's commands are read as they stand there."""

from __future__ import annotations

from tests.fresh import readme
from tests.fresh.__main__ import script

TEXT = """# Title

```console
$ kubectl get hposweeps
NAME STATE
```

```console
$ make try
…
Complete in 6.7 s
```

```console
make demo    # with a comment
python3 -m tests.cluster down --purge
```

## Later

```console
make other
```
"""


def test_commands_of_the_first_screen_stand_without_prompt_comment_and_output() -> None:
    assert readme.commands(TEXT) == ["make try", "make demo", "python3 -m tests.cluster down --purge"]


def test_the_readme_names_the_commands_that_a_fresh_machine_runs() -> None:
    assert readme.commands() == ["make try", "make demo", "make test", "make cluster-down"]


def test_a_script_stops_at_the_first_command_that_fails() -> None:
    lines = script(["make try", "make demo"]).splitlines()
    assert lines.index("make try") < lines.index("[ $status -eq 0 ] || exit $status") < lines.index("make demo")
