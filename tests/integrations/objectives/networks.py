"""Hugging Face and Lightning as their users call them, with networks of a few weights."""

from __future__ import annotations

import tempfile

import optuna
import torch


class Linear(torch.nn.Module):
    """A regression as `Trainer` expects a model."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = torch.nn.Linear(2, 1)

    def forward(self, inputs: torch.Tensor, labels: torch.Tensor) -> dict[str, torch.Tensor]:
        logits = self.layer(inputs).squeeze(-1)
        return {"loss": torch.nn.functional.mse_loss(logits, labels), "logits": logits}


def rows() -> list[dict[str, torch.Tensor]]:
    return [{"inputs": torch.tensor([i / 8, 1.0]), "labels": torch.tensor(i / 4)} for i in range(8)]


def huggingface_train(trial: optuna.Trial) -> float:
    """Train with `trial=…`: the trainer reports each evaluation and asks the pruner."""
    from transformers import Trainer, TrainingArguments
    from transformers.trainer_utils import HPSearchBackend

    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            output_dir=folder,
            num_train_epochs=2,
            eval_strategy="epoch",
            save_strategy="no",
            report_to=[],
            disable_tqdm=True,
            use_cpu=True,
            remove_unused_columns=False,
        )
        trainer = Trainer(model_init=lambda _: Linear(), args=arguments, train_dataset=rows(), eval_dataset=rows())
        trainer.hp_search_backend = HPSearchBackend.OPTUNA
        trainer.hp_space = lambda trial: {"learning_rate": trial.suggest_float("learning_rate", 1e-3, 1e-1, log=True)}
        trainer.compute_objective = lambda metrics: metrics["eval_loss"]
        trainer.train(trial=trial)
        return float(trainer.evaluate()["eval_loss"])


def lightning_pruning(trial: optuna.Trial) -> float:
    import lightning.pytorch as lightning
    from optuna_integration import PyTorchLightningPruningCallback

    class Model(lightning.LightningModule):
        def __init__(self, rate: float) -> None:
            super().__init__()
            self.layer, self.rate = torch.nn.Linear(1, 1), rate

        def _loss(self, batch: list[torch.Tensor]) -> torch.Tensor:
            return torch.nn.functional.mse_loss(self.layer(batch[0]), batch[1])

        def training_step(self, batch: list[torch.Tensor], index: int) -> torch.Tensor:
            return self._loss(batch)

        def validation_step(self, batch: list[torch.Tensor], index: int) -> None:
            self.log("loss", self._loss(batch))

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.SGD(self.parameters(), lr=self.rate)

    inputs = torch.linspace(0, 1, 16).unsqueeze(1)
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(inputs, 2 * inputs), batch_size=4)
    callback = PyTorchLightningPruningCallback(trial, monitor="loss")
    trainer = lightning.Trainer(
        max_epochs=2,
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        callbacks=[callback],
    )
    trainer.fit(Model(trial.suggest_float("rate", 1e-3, 1e-1, log=True)), loader, loader)
    callback.check_pruned()
    return float(trainer.callback_metrics["loss"])
