"""Validate and default a sweep as the API server does before it stores it: the CRD's schema and rules, run in Python.

Used where there is no API server. `check` is the entry point; `cli` calls it.
"""
