"""A PostgreSQL of the run's own, for whoever has none: the server's programs come from a Python package.

`server` is what `hposweep run` starts and ends; `account` says as whom, `settings` how.
"""
