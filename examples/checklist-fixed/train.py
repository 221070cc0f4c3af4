"""A stand-in for a classifier with two encoder families: it reads a batch, and takes a moment for each epoch.

`objective` is a plain Optuna objective. Its accuracy depends on the parameters as that of a real model might: the `cnn`
is better, capacity helps up to a point, and dropout costs. It needs neither torch nor a GPU.
"""

from __future__ import annotations

import json
import math
import random
import time
from pathlib import Path
from typing import Any

import optuna

from hpotrial import params

DATA = Path("/tmp/hposweep-checklist")  # noqa: S108  # as in sweep.yaml
BATCH_BYTES = 4096
NOISE = 0.003


def load_one_batch() -> int:
    """Read the first bytes of one labelled image. The preflight calls it."""
    labels = json.loads((DATA / "labels.json").read_text())
    with (DATA / "images" / min(labels)).open("rb") as stream:
        batch = stream.read(BATCH_BYTES)
    if len(batch) < BATCH_BYTES:
        raise ValueError(f"{min(labels)} has {len(batch)} bytes, and a batch has {BATCH_BYTES}")
    return sum(batch) // len(batch)


def accuracy(p: dict[str, Any]) -> float:
    """Return the accuracy that a model of these parameters reaches, between 0 and 1."""
    encoder = 0.04 if p["encoder_type"] == "cnn" else 0.0
    depth = 0.03 * math.exp(-(((p["depth"] - 5) / 1.5) ** 2))
    width = 0.03 * math.exp(-(((p["width"] - 288) / 110) ** 2))
    rate = 0.06 * math.exp(-(((math.log10(p["lr"]) + 3) / 0.8) ** 2))
    return 0.24 + encoder + depth + width + rate - 0.12 * p["dropout"]


def objective(trial: optuna.Trial) -> float:
    """Train for some epochs; return the accuracy of the last one."""
    p = params(trial)
    noise = random.Random(trial.number + load_one_batch())
    reached = accuracy(p)
    val_acc = 0.0
    for epoch in range(1, p["epochs"] + 1):
        time.sleep(p["epoch_seconds"])
        val_acc = min(max(reached * (1 - 0.5**epoch) + noise.gauss(0, NOISE), 0.0), 1.0)
        trial.report(val_acc, epoch)
        if trial.should_prune():
            raise optuna.TrialPruned
    return val_acc
