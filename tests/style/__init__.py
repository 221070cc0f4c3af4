"""Measures of the language of the code base. Run by `make check`, and by hand as `python -m tests.style -v`."""
