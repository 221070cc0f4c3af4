"""`make bench`: HPOSweep and bare Optuna on one PostgreSQL, paired in one run. Prints ratios and asserts none."""
