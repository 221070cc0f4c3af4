"""The metrics of a sweep, one module per subject: each its definitions, and the rows of one sweep.

`registry` lists them; `telemetry.sweeps` collects the rows at scrape time. To add a metric, add its `Series` here.
"""
