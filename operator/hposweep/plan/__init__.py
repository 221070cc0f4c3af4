"""Decide from verdicts the actions of a pass. Pure; Kubernetes objects built here are the only dicts that leave it."""
