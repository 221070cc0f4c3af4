"""Build the project's images with buildah and push them to a registry, tagged by their content.

The Makefile, the demo and the tests call it (`python3 -m images build`, `python3 -m images names`). It uses only the
standard library, so that it runs before anything is installed.
"""
