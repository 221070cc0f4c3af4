"""Define by run with torch: as many layers as the trial says, each with a width of its own."""

import optuna
import torch
from torch import nn
from torch.nn import functional

torch.set_num_threads(1)


def define_model(trial):
    layers, features = [], 8
    for i in range(trial.suggest_int("n_layers", 1, 3)):
        width = trial.suggest_int(f"n_units_l{i}", 4, 32)
        layers += [nn.Linear(features, width), nn.ReLU(), nn.Dropout(trial.suggest_float(f"dropout_l{i}", 0.0, 0.3))]
        features = width
    return nn.Sequential(*layers, nn.Linear(features, 1))


def objective(trial):
    torch.manual_seed(0)
    inputs = torch.randn(256, 8)
    targets = inputs[:, :3].sum(dim=1, keepdim=True)
    model = define_model(trial)
    name = trial.suggest_categorical("optimizer", ["Adam", "RMSprop", "SGD"])
    optimizer = getattr(torch.optim, name)(model.parameters(), lr=trial.suggest_float("lr", 1e-4, 1e-1, log=True))
    for epoch in range(8):
        model.train()
        optimizer.zero_grad()
        functional.mse_loss(model(inputs), targets).backward()
        optimizer.step()
        model.eval()
        with torch.no_grad():
            loss = functional.mse_loss(model(inputs), targets).item()
        trial.report(loss, epoch)
        if trial.should_prune():
            raise optuna.exceptions.TrialPruned()
    return loss


if __name__ == "__main__":
    study = optuna.create_study()
    study.optimize(objective, n_trials=100, timeout=600)
    print(len(study.trials))
