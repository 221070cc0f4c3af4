"""`make bench`: this product beside bare Optuna on one PostgreSQL, paired in one run. Prints ratios, asserts none."""
