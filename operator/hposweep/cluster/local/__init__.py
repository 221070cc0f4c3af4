"""Where workers live when there is no cluster: processes of this machine. The second answer to `cluster.protocol`.

`cluster` is the whole of it for `cli.run`; `job` plays the Job controller, `pod` the kubelet, `folder` keeps what an
API server would keep.
"""
