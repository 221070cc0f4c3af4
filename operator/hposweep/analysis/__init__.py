"""The analysis of a finished or running study: pure functions from trials to numbers and sentences.

One module for each question; `analyze` asks them all. `cli.analyze` prints the answers, and `cli.report` writes them.
The rules about elite, trends and bounds are those of `judge`, so that an analysis and a verdict never differ.
"""
