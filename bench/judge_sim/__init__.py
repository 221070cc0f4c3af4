"""`make judge-sim`: sweeps with a planted truth, judged by the product's own criteria. How often are they wrong?

Definitions and results are in docs/judgement.md.
"""
