"""`make judge-sim`: simulate sweeps with a known truth, judge them with the product's own criteria, and count errors.

Definitions and results are in docs/judgement.md.
"""
