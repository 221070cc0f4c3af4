"""The process that each trial runs in and its supervision. Imported by `isolated_trial` and `start`."""
