"""A real two-node Kubernetes on this machine, for the demo and the tests.

Started by the Makefile as `python3 -m tests.cluster up`, before any virtual environment exists: standard library only.
"""
