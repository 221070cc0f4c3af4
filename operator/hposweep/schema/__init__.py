"""What the API server does with a sweep before it is stored, for whoever has no API server: the CRD's own schema and
rules, run in Python. `check` is its door, called by `cli.run`.
"""
