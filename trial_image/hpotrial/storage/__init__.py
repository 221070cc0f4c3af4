"""Optuna's storage on one PostgreSQL connection, with the writes of the running trial kept during an outage."""
