"""HPOSweep: Optuna sweeps on Kubernetes, from one resource to a verdict."""

__version__ = "0.1.0"
