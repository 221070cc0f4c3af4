"""Where studies live: PostgreSQL with Optuna's schema. The only floor that knows SQL."""
