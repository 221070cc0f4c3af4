"""Draw a board as a picture: its JSON, and the answers of a Prometheus to its queries. No Grafana is involved.

Each panel is drawn with its own settings: kind, title, unit, thresholds, colours, legend and place on the grid.
"""
