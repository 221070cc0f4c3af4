"""The two Grafana boards: written from code (`generate`), and drawn from the answers of a Prometheus (`drawing`).

`python -m boards generate` writes `manifests/base/boards`, which the chart and a kustomize component install.
`python -m boards draw` makes a picture of each board, and `make observe` does so beside the demo.
"""
