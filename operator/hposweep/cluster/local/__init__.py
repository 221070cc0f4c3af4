"""The cluster of `hposweep run`: processes of this machine, the second implementation of `cluster.protocol`.

`cluster` is the interface for `cli.run`; `job` plays the Job controller, `pod` the kubelet, `folder` stores what an
API server would store.
"""
