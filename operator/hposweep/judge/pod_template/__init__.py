"""Requests of a pod template that the operator's settings do not allow. Called by `judge` and by `cli.validate`.

The list is the level `baseline` of Kubernetes' Pod Security Standards, and what lets a pod choose its node or identity.
"""
