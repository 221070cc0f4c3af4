"""optuna-dashboard for the studies of one database, as an optional component of an installation.

`python -m hposweep.optuna_dashboard` takes the URL of the database from an environment variable, because the program of
the package takes it from the command line only, where other users can read it.
"""
