"""A PostgreSQL server for `hposweep run` without `--storage`. Its programs come from a Python package.

`server` starts and stops it, `account` chooses its user, `settings` its configuration.
"""
