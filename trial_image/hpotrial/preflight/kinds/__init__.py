"""The kinds of checks, one module each. Listed by `registry`."""
