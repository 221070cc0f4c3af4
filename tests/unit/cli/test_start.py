"""The first lines of a run: what runs, and what a user should know before trials cost time."""

from __future__ import annotations

from pathlib import Path

from hposweep.cli.run.load import load_run
from hposweep.cli.run.options import RunOptions
from hposweep.cli.run.start import start_lines

SWEEP = """
apiVersion: hposweep.dev/v1alpha1
kind: HPOSweep
metadata: {name: x}
spec:
  study:
    objectives: [{name: loss, direction: Minimize}]
  objective: {python: "train:objective"}
  searchSpace:
    - {name: amp, categorical: {choices: [on, auto]}}
  workers:
    template:
      spec:
        containers:
          - {name: trial, envFrom: [{secretRef: {name: hub}}]}
  trials: {max: 3}
"""


def lines(folder: Path, text: str) -> list[str]:
    file = folder / "sweep.yaml"
    file.write_text(text)
    run_input = load_run(RunOptions(str(file), out=folder / "out"))
    run_input.folder.close()
    return list(start_lines(run_input, "here", (), lambda path: True))


def test_values_that_yaml_reads_otherwise_and_what_is_left_out_are_told_first(tmp_path: Path) -> None:
    title, words, source = lines(tmp_path, SWEEP)
    assert title == "sweep x: up to 3 trials, 1 worker, study `default.x` in here"
    assert words.startswith(
        f"{tmp_path}/sweep.yaml, line 10: `spec.searchSpace[0].categorical.choices`: YAML reads `on`"
    )
    assert source.startswith("`envFrom`: Secret `hub` is not in ")


def test_an_ordinary_sweep_has_one_line(tmp_path: Path) -> None:
    ordinary = SWEEP.replace("[on, auto]", '["on", auto]').replace(", envFrom: [{secretRef: {name: hub}}]", "")
    assert len(lines(tmp_path, ordinary)) == 1


def test_a_run_says_that_it_sends_no_notifications(tmp_path: Path) -> None:
    target = "  notify: [{secretRef: {name: chat, key: url}, events: [Ended]}]\n"
    sentence = "`spec.notify` has no effect here: only the operator in a cluster sends notifications"
    assert sentence in lines(tmp_path, SWEEP + target)


def test_a_machine_without_gpus_says_that_their_budget_has_no_effect(tmp_path: Path) -> None:
    limits = "resources: {limits: {nvidia.com/gpu: 1}}"
    text = SWEEP.replace("[on, auto]", '["on", auto]').replace("envFrom: [{secretRef: {name: hub}}]", limits)
    said = lines(tmp_path, text + "  budget: {gpuSeconds: 100}\n")
    assert said[2:] == [
        "no GPU found on this machine: GPU seconds stay 0, so `budget.gpuSeconds` and `cost` have no effect"
    ]


def test_tls_of_the_database_is_left_to_the_url_of_a_run(tmp_path: Path) -> None:
    text = SWEEP.replace("  study:\n", "  study:\n    storage: {tls: {mode: Require}}\n")
    assert lines(tmp_path, text)[-1].startswith("`spec.study.storage.tls` has no effect here")
    run_input = load_run(RunOptions(str(tmp_path / "sweep.yaml"), out=tmp_path / "again"))
    run_input.folder.close()
    assert run_input.sweep.spec.study.storage.tls is None
