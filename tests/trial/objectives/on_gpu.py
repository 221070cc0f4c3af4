"""What objectives do to a GPU. The module asks for CUDA while it is imported, as most do."""

from __future__ import annotations

import os
import signal

import optuna
import torch

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
HOWS = ["holds", "dies", "asks-for-too-much", "holds-again"]
GIB = 2**30


def objective(trial: optuna.Trial) -> float:
    how = trial.suggest_categorical("how", HOWS)
    if DEVICE != "cuda":
        raise RuntimeError("torch sees no GPU")
    held = torch.ones(GIB // 4, device=DEVICE)
    torch.cuda.synchronize()
    trial.set_user_attr("held_bytes", torch.cuda.memory_allocated())
    if how == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "asks-for-too-much":
        torch.empty(2 * torch.cuda.get_device_properties(0).total_memory, dtype=torch.uint8, device=DEVICE)
    return float(held.mean())
