"""From verdicts to what should be done now. Pure; the Kubernetes objects made here are the only dicts that leave it."""
