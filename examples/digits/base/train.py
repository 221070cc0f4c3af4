"""Classify handwritten digits with one of two encoder families: `cnn` sees pixels, `context` sees rows and columns.

`objective` is a plain Optuna objective. A sweep gives it the parameters of its `searchSpace` and `objective.fixed`.
"""

from __future__ import annotations

import functools
import itertools
from typing import Any

import optuna
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn
from torch.nn import functional

from hpotrial import params

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


class ConvolutionEncoder(nn.Sequential):
    """`depth` convolutions of `width` channels over the pixels."""

    def __init__(self, p: dict[str, Any]) -> None:
        channels = [1] + [p["width"]] * p["depth"]
        blocks = [
            nn.Sequential(nn.Conv2d(before, after, p["kernel"], padding="same"), nn.BatchNorm2d(after), nn.ReLU())
            for before, after in itertools.pairwise(channels)
        ]
        super().__init__(*blocks, nn.AdaptiveMaxPool2d(2), nn.Flatten(), nn.Linear(4 * p["width"], p["width"]))


class ContextEncoder(nn.Module):
    """`depth` layers of attention among the eight rows and eight columns, each a token of `width` features."""

    def __init__(self, p: dict[str, Any]) -> None:
        super().__init__()
        width = p["width"]
        self.token = nn.Linear(8, width)
        self.position = nn.Parameter(0.02 * torch.randn(16, width))
        self.layers = nn.Sequential(
            *(
                nn.TransformerEncoderLayer(width, p["heads"], 2 * width, 0.0, batch_first=True, norm_first=True)
                for _ in range(p["depth"])
            )
        )
        self.merge = nn.Linear(16 * width, width)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        rows = images.squeeze(1)
        tokens = self.token(torch.cat([rows, rows.mT], dim=1)) + self.position
        return self.merge(self.layers(tokens).flatten(1))


ENCODERS = {"cnn": ConvolutionEncoder, "context": ContextEncoder}


@functools.cache
def digits(train_size: int) -> tuple[torch.Tensor, ...]:
    """Return training and validation images with their labels. The split is the same in every trial."""
    images, labels = load_digits(return_X_y=True)
    images = torch.tensor(images / 16 - 0.3, dtype=torch.float32).reshape(-1, 1, 8, 8)
    split = train_test_split(images, torch.tensor(labels), train_size=train_size, stratify=labels, random_state=0)
    train_images, val_images, train_labels, val_labels = (part.to(DEVICE) for part in split)
    return train_images, train_labels, val_images, val_labels


def objective(trial: optuna.Trial) -> float:
    """Train one classifier; return its best accuracy on the validation images."""
    p = params(trial)
    torch.manual_seed(p["seed"])
    torch.set_num_threads(1)
    train_images, train_labels, val_images, val_labels = digits(p["train_size"])

    encoder = ENCODERS[p["encoder_type"]](p)
    model = nn.Sequential(encoder, nn.Dropout(p["dropout"]), nn.Linear(p["width"], 10)).to(DEVICE)
    optimizer = torch.optim.AdamW(model.parameters(), lr=p["lr"])

    val_acc = 0.0
    for epoch in range(1, p["epochs"] + 1):
        model.train()
        for batch in torch.randperm(len(train_images), device=DEVICE).split(p["batch_size"]):
            optimizer.zero_grad()
            functional.cross_entropy(model(train_images[batch]), train_labels[batch]).backward()
            optimizer.step()

        model.eval()
        with torch.no_grad():
            val_acc = (model(val_images).argmax(dim=1) == val_labels).float().mean().item()
        trial.report(val_acc, epoch)
        if trial.should_prune():
            raise optuna.TrialPruned
    return val_acc
