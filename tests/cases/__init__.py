"""Small inputs as users have written them, each with its expected result. `python -m tests.cases` runs all.

Each folder is one input: `sweep.yaml`, the code beside it, and `case.yaml` with the commands and the expectation
(docs/develop.md). tests/local/test_cases.py runs the same cases in `make test`.
"""
