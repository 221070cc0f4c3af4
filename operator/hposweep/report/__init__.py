"""The status and the events of a sweep, built from an observation and its verdicts. Pure; called by `reconcile`.

This package words conditions, events, the summary and the findings about workers and storage. A verdict of `judge`
(criterion, decision, end, health rule, comparison, forecast) words itself, and is only copied here.
"""
