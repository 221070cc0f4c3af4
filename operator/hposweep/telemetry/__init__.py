"""What Prometheus, probes and log readers see of the operator and its sweeps."""
