"""Verdicts on an observation: gates, decisions, end, tiers, health, forecast. Called by `reconcile` and `cli.judge`.

Pure: no clock, no client, no SQL; the same input gives the same verdict. A verdict words itself, with its numbers.
"""
