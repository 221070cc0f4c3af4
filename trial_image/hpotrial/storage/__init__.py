"""Optuna's storage on one PostgreSQL connection, which keeps the running trial's writes during an outage."""
